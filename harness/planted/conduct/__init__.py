"""Planted transcripts for rubric files: which answers are true of a delegation is known."""
