"""The dated plan to the deadline."""
