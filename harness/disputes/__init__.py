"""The dispute: principals, issues, packages, and families of games. Data and its checks."""
