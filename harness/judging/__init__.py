"""Judgements: a model answers set questions about a finished record or a text, with quotes."""
