"""The guided survey of the facility and the gaps found."""
