"""What a process says of itself: logs, figures, progress, its release."""
