"""The audit log: what staff, commands and the system did, append-only."""
