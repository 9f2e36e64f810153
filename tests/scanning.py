"""Names under which tests found the city before `citizen_app.toolkit.testing` held it."""

from citizen_app.clock import rfc3339
from citizen_app.toolkit.testing import City, TestCitizen, TestKiosk

__all__ = ["City", "TestCitizen", "TestKiosk", "rfc3339"]
