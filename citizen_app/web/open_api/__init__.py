"""Open to anyone: the one-stop entry, and what readers of codes need to know."""
