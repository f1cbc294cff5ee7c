"""Other people's negotiations, read from the formats they come in."""
