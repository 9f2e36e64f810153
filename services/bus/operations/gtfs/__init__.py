"""Reads GTFS Schedule feeds. Source of all rules: the GTFS Schedule reference (github.com/google/transit)."""

from services.bus.operations.gtfs.feed import Feed, load
from services.bus.operations.gtfs.report import FeedRefused, FeedReport, Finding
from services.bus.operations.gtfs.rules import Severity
from services.bus.operations.gtfs.service_days import ServiceDays
from services.bus.operations.gtfs.sources import Encoding, Limits
from services.bus.operations.gtfs.translations import Translations

__all__ = [
    "Encoding",
    "Feed",
    "FeedRefused",
    "FeedReport",
    "Finding",
    "Limits",
    "ServiceDays",
    "Severity",
    "Translations",
    "load",
]
