"""Facility: the place and its people: departments, rooms, beds, staff, number series."""
