"""Checks that look at the running system, their history, and statements of people."""
