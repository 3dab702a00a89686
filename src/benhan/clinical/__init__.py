"""Clinical: projections of the documents: conditions, allergies, observations, medications. Rebuildable."""
