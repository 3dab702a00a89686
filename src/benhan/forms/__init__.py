"""Forms: definition → input schema → page → extracts. Pure: no Django, no database."""
