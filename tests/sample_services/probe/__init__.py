"""A service that does whatever a test asks of it."""
