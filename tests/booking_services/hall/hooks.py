"""Whoever comes is let in."""

from citizen_app.toolkit.scan import Allow, Meaning, Scan, Text


def on_scan(scan: Scan) -> Meaning:
    """Welcome."""
    return Allow(Text("欢迎", "Welcome"))


def health() -> dict[str, int]:
    """Well."""
    return {}
