"""Replies that are kept, so that a call is paid for once."""
