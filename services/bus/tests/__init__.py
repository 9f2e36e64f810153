"""Tests of the bus service."""
