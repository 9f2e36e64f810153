"""What is wrong with an installation: small checks, each of which says what, why it matters and what to do."""
