"""Health checks of an installation; each finding says what, why it matters and what to do."""
