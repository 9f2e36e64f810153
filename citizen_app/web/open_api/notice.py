"""The city's privacy notice, for anyone to read."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE

from citizen_app.consent.notice import approved_scopes, notice_shown
from citizen_app.consent.schemas import NoticeSchema
from citizen_app.registry.state import enabled_modules
from citizen_app.storage.keyset import PageQuerySchema, page_of_list
from citizen_app.web.boundary.audiences import ANYONE, api_blueprint

blueprint = api_blueprint("privacy_notice", ANYONE, "/api/v1/privacy-notice", "The city's privacy notice")


@blueprint.route("", methods=["GET"])
@blueprint.arguments(PageQuerySchema, location="query", unknown=RAISE)
@blueprint.response(200, NoticeSchema)
def notice(asked: dict[str, Any]) -> dict[str, Any]:
    """The privacy notice: its text, and what each service sees of citizens, why, and on which basis.

    `PUT /api/v1/me/consents/notice` accepts its `version`.
    """
    shown = notice_shown()
    page = page_of_list(enabled_modules(), "notice", lambda module: module.id, **asked)
    return {
        "version": shown.version,
        "summary": shown.words.summary,
        "text": shown.words.body,
        "published_at": shown.words.published_at,
        "items": [
            {"service": m.id, "title": m.descriptor.title, "scopes": approved_scopes(m)} for m in page.items
        ],
        "next_cursor": page.next_cursor,
    }
