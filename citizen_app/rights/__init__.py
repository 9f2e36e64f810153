"""A citizen's rights over what is kept of them: a copy of it, and erasure (PIPL art. 44 to 50)."""
