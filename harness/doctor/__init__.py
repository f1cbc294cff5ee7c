"""``track15 doctor``: plays two turns of the run that is meant, and says what to change."""
