"""``track15 doctor``: plays two turns of the planned run, and says what to change."""
