"""What the service hears and says over HTTP."""
