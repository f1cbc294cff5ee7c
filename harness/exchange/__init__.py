"""A run as other tools read it: tidy tables, and logs of other harnesses.

Exporters only read. Nothing of a run is executed, and what is missing stays missing.
"""
