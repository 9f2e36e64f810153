"""Forms of pages, drawn from the schemas that the API checks its input with: one truth."""
