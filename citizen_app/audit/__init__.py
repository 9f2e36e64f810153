"""What staff, commands and the system itself did: written once, never changed."""
