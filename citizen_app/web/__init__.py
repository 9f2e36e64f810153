"""HTTP: thin routes that authenticate, load a schema, call a room, and answer."""
