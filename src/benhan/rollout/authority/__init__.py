"""The province view of a health department."""
