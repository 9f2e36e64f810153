"""Idempotency keys: the response to a write is stored under the caller's key, and a repeated request gets the
stored response."""
