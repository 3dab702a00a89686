"""Practice with invented patients."""
