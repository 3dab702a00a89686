"""The facility's book of forms: what is in force, what changed, and what the facility adds or makes itself."""
