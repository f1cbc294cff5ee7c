"""How a language model is reached: addresses, clients, retries, limits.

Nothing is imported here, so that parsing a ``--model`` flag (:mod:`harness.models.address`) costs
no more than pydantic. The provider ``scripted`` has no client.
"""
