"""Rules and writes of the bus service: fares, boarding, timetables."""
