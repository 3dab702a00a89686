"""The exchange file HoSoBenhAn of letter CV 365 (annex): out and in."""
