"""Who can sit down at the table."""
