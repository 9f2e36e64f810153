"""Which days people work on: the city's own table, the State Council's holidays and 调休, weekends."""
