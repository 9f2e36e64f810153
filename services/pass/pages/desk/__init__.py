"""The desk of a place, for the citizens who manage it: who applies, who belongs, who comes, who is inside."""
