"""Reads GTFS Schedule feeds. Source of all rules: the GTFS Schedule reference (github.com/google/transit)."""

from services.bus.gtfs.feed import Feed, load
from services.bus.gtfs.report import FeedRefused, FeedReport, Finding
from services.bus.gtfs.rules import Severity
from services.bus.gtfs.service_days import ServiceDays
from services.bus.gtfs.sources import Encoding, Limits
from services.bus.gtfs.translations import Translations

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
