"""Records: encounters, medical records, documents and their versions; the write gate; closing and sealing."""
