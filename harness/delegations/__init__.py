"""The delegations: scripted, language models, users' own, replays and forks."""
