"""What a transcript is worth: one measure family a file, each from a case to values."""
