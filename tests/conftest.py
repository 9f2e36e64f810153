"""Names under which tests found the fixtures before `citizen_app.toolkit.testing` held them."""

from citizen_app.toolkit.testing import dispose, environment

__all__ = ["dispose", "environment"]
