"""Planted transcripts: talks written by seeded code, of which is known what is said in them."""
