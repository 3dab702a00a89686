"""Ready-made texts to write with, and the abbreviations the facility allows."""
