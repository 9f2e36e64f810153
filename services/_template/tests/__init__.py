"""Tests of the service: `pytest services/_template`."""
