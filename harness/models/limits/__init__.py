"""When a request may begin, how long it may take, and what requests may cost in all."""
