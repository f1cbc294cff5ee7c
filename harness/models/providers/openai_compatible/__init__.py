"""A model on an OpenAI-compatible server: what is sent, and what the server takes."""
