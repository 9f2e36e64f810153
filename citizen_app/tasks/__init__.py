"""Long work that staff start: it waits in a table, runs in the jobs process, and says how far it is."""
