"""Timetables from other systems: lines of the week from a list, sessions from a FHIR bundle. Taken whole or
not at all: one fault, and nothing is."""
