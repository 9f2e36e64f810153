"""Scans: verify a code, ask the service what it means, write one usage event. Read `pipeline` first."""
