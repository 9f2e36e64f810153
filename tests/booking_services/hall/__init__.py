"""A service of tests: seats in a hall, with every table that the booking kit offers."""
