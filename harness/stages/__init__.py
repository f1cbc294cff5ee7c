"""The kinds of stages: how each is planned and played."""
