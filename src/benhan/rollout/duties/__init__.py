"""The law calendar: dates, duties, and whether they are seen done."""
