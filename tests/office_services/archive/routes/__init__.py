"""Branches and rooms, for operators; and the catalogue, for other systems."""

from .catalogue import private, public
from .office import api

BLUEPRINTS = (api, public, private)
