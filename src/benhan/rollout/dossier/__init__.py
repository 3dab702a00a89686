"""The papers of the finished file."""
