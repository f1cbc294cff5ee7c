"""Servers and fakes that several tests need."""
