"""Commands of `flask --app wsgi`: each module holds one click group, registered by the factory."""
