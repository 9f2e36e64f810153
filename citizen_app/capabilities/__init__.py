"""One service asks another for what it does, through the core."""
