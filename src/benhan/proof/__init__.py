"""Proof: render, embed, sign, time-stamp, verify, package. Bytes in, bytes out; no Django, no database."""
