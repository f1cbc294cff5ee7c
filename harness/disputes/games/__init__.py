"""Families of generated games: disputes without a story."""
