"""Tests of the FHIR facade, and of timetables that come in its form."""
