"""The experiment as written: arms, scenarios, and the question declared before the run."""
