"""From a suite to many played dialogues."""
