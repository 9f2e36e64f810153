"""People of the city: accounts, roles, the second factor, sessions and personal access tokens."""
