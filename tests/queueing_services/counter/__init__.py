"""A service of tests: numbers at the counters of a hall."""
