"""Back-ups: one encrypted file with everything, taken while people work, proven by restoring it."""
