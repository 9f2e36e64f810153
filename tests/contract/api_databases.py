"""What is migrated once for all cities of one process."""

import atexit
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from citizen_app.toolkit.testing import Databases


@cache
def kept_folder() -> Path:
    """A folder that goes with the process."""
    folder = TemporaryDirectory(prefix="citizen-api-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@cache
def migrated() -> Databases:
    """The templates of databases."""
    return Databases(kept_folder())
