"""Kernel: clock, identifiers, text folding, canonical JSON, hashes, Merkle trees, blobs, XML. No Django, no database."""
