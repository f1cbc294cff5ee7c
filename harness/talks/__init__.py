"""Plays one dialogue: the rules, the table, and what each seat may see."""
