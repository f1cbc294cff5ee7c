"""Agents as models: a LangChain runnable, a graph, or a function that completes chats."""
