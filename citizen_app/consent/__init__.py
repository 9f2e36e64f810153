"""What each service may see of a citizen: the city's notice, what was agreed to and taken back, and the one
place that decides."""
