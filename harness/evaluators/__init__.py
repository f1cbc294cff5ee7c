"""The measures of finished dialogues: one family of measures per file."""
