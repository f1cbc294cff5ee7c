"""What a transcript is worth: one measure family a file, each from transcript to scores."""
