"""benhan: the open electronic medical record for Vietnamese hospitals and clinics."""

__version__ = "0.1.0"
