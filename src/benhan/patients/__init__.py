"""Patients: the index, dated identifiers, search, duplicates, reversible merge."""
