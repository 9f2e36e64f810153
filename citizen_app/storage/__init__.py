"""How rows are stored: the rules of each database, units of work, prepared statements, values that follow
their rows, pages."""
