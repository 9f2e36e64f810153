"""The day of the visit."""
