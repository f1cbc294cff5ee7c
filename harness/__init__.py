"""track15: language-model delegations negotiate; evaluators measure who gave what away."""

__version__ = "0.1.0"
