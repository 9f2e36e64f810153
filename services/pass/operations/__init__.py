"""Rules and writes of the passes."""
