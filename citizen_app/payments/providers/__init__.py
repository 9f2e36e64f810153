"""Payment providers outside: one interface, the city's own over HTTP, and a simulated one for the demo."""
