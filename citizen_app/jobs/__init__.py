"""Background work: periodic jobs under a lease, and the transactional outbox for messages."""
