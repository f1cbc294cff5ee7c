"""The command line: the only place where playing and measuring meet."""
