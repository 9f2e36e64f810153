"""The scan: proves a code, asks the service what it means, and writes one usage event. `pipeline` is the whole walk."""
