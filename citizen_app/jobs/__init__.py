"""Background work: periodic jobs under a lease, and the outbox of what waits for a network."""
