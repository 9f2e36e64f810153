"""Services that exist for the tests only."""
