"""What the city knows to be true of me, and the documents by which it knows me."""

from __future__ import annotations

from flask import render_template

from citizen_app.citizens.documents import document_title, documents_of, masked_number
from citizen_app.claims.catalogue import CLAIMS
from citizen_app.claims.models import CitizenClaim
from citizen_app.claims.queries import claims_page, known_of
from citizen_app.claims.shown import ages_shown, source_title, state_at, words_of
from citizen_app.clock import now
from citizen_app.storage.keyset import PageQuerySchema
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.web.boundary.page_callers import SignInFirst
from citizen_app.web.forms.reading import asked
from citizen_app.web.pages.mine.door import mine


@mine.get("/claims")
def claims() -> str:
    """Claims, ages and documents."""
    citizen_id = current_citizen().citizen_id
    known = known_of(citizen_id)
    if known is None:
        raise SignInFirst
    documents = [(document_title(one.kind), masked_number(one)) for one in documents_of(citizen_id)]
    return render_template(
        "mine/claims.html",
        documents=documents,
        ages=ages_shown(known),
        found=claims_page(citizen_id, **asked(PageQuerySchema)).map(_shown),
    )


def _shown(claim: CitizenClaim) -> tuple[CitizenClaim, Text, Text, str, Text | None]:
    state = state_at(now(), claim.valid_from, claim.valid_to)
    return claim, CLAIMS[claim.type].title, source_title(claim), state, words_of(claim.evidence)
