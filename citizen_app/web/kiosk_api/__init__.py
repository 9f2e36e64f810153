"""The API that kiosks call."""
