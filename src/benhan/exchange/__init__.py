"""Exchange: what comes from and goes to other systems. Destinations do not know each other."""
