"""Stopping paper, department by department."""
