"""Benchmarks: what benhan costs, on data it invents, in an installation of its own. Run by `benhan bench`."""
