"""What a run found, shown to people: at the terminal, and as one page that works offline."""
