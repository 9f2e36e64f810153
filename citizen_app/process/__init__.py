"""Observability of a process: logs, metrics, progress bars, release."""
