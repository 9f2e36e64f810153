"""Routes by who calls: citizens, the desk of a place, operators."""
