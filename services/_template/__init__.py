"""The neighbourhood parlour: a small, whole service to copy. `flask --app wsgi services new <id>` does it."""
