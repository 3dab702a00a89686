"""From the department's letter to a paperless facility: review, plan, evidence, dossier, stopping paper, province view."""
