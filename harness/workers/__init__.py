"""Where stages are played: in this process, in processes beside it, or on a Ray cluster."""
