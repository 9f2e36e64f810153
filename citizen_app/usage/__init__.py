"""The usage log: every scan of a citizen's code, append-only, readable by the citizen."""
