"""Lines and times: how the rows of a timetable answer riders and validators. All but `departures`,
`stored_network`, `told_journeys` and `stop_words` is pure."""
