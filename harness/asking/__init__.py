"""Asking: ask, complain, ask again, give up with the reason. For every stage and all who play."""
