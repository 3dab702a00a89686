"""Audit: the log that remembers every read and write and cannot be altered unseen. Stands alone."""
