"""Lines and times: how the rows of a timetable answer riders and validators. All but `departures` is pure."""
