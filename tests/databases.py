"""Names under which tests found the databases before `citizen_app.toolkit.testing` held them."""

from citizen_app.toolkit.testing import Databases, is_required, postgresql_address

__all__ = ["Databases", "is_required", "postgresql_address"]
