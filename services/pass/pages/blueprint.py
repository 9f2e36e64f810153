"""The pages' blueprint: everything here is a citizen's own."""

from __future__ import annotations

from citizen_app.toolkit.pages import CITIZEN, service_pages

from ..manifest import SERVICE
from .sentences import SENTENCES
from .sentences_desk import DESK_SENTENCES

pages = service_pages(SERVICE.id, CITIZEN, sentences={**SENTENCES, **DESK_SENTENCES})
