"""City services: one folder each, found by the core through its path, never named in the core's code."""
