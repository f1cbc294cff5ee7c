"""The viewer: runs, their answers and their dialogues in a browser, on this machine alone."""
