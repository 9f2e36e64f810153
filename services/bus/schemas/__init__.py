"""What the bus service hears and says over HTTP, by subject; texts in the caller's language."""
