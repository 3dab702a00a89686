"""Administrative papers as blocks, drawn as DOCX, PDF and XLSX. No tables."""
