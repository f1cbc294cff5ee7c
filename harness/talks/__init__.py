"""The rules of the table, and the table that plays one dialogue by them."""
