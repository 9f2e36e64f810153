"""Plain entities of services (halls, departments, branches), as operators keep them: the columns, the rules,
the writes and the lists. Routes and pages of the console are drawn from one declaration."""
