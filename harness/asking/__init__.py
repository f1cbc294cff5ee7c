"""Asks for an answer until it is usable, or gives up with the reason. Shared by all stages."""
