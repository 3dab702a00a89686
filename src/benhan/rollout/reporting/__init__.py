"""The signed status report of the facility."""
