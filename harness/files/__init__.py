"""How files are opened, written and refused: the ground under records, suites and reports."""
