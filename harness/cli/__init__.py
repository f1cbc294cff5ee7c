"""The command line: turns flags into calls of app, and what comes back into words."""
