"""Providers: OpenAI-compatible servers, LangChain, and agents that a user brings along."""
