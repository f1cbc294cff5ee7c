"""Pure maths on packages: utilities, frontier, solution points, tactics and predictions.

A *package* is one option index per issue. Utilities are arrays ``(n_packages, n_principals)``,
rows in the row-major order of :class:`~harness.bargaining.space.OutcomeSpace`; column 0 is the
official seat, column 1 the unofficial (or second) seat. Nothing here knows scenarios, models or
records; definitions and sources stand with each function.
"""
