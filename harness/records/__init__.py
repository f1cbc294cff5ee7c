"""The record of a run: the only thing that playing and measuring share."""
