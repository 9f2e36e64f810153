"""Who may act for whom: guardians, carers, agents, and clerks for citizens who are present."""
