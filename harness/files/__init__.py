"""Safe reading and writing of files, used by records, suites and reports."""
