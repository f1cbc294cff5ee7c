"""Probes: which packages a delegate would sign, asked in private before any talks."""
