"""Partners: the systems of departments and hospitals that call a service with a key of their own."""
