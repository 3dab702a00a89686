"""Settings, wiring and the process entry points: the roof of the house."""
