"""Tests of the service: `pytest services/hospital`."""
