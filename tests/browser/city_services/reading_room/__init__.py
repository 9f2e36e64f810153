"""A small city service for the browser tests: it allows, refuses, asks, and lets a kiosk go on."""
