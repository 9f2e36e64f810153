"""A service of tests: branches and rooms as plain entities, and a page of its operators."""
