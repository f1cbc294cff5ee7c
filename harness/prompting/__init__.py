"""Renders the prompts: one set of templates for each kind of stage."""
