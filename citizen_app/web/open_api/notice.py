"""The city's privacy notice, for anyone to read."""

from __future__ import annotations

from typing import Any

from citizen_app.consent.notice import approved_scopes, notice_shown
from citizen_app.consent.schemas import NoticeSchema
from citizen_app.registry.state import enabled_modules
from citizen_app.web.boundary.audiences import ANYONE, api_blueprint

blueprint = api_blueprint("privacy_notice", ANYONE, "/api/v1/privacy-notice", "The city's privacy notice")


@blueprint.route("", methods=["GET"])
@blueprint.response(200, NoticeSchema)
def notice() -> dict[str, Any]:
    """The privacy notice: its text, and what each service sees of citizens, why, and on which basis.

    `PUT /api/v1/me/consents/notice` accepts its `version`.
    """
    shown = notice_shown()
    words = shown.words
    return {
        "version": shown.version,
        "summary": words.summary,
        "body": words.body,
        "published_at": words.published_at,
        "services": [
            {"service": m.id, "title": m.descriptor.title, "scopes": approved_scopes(m)}
            for m in enabled_modules()
        ],
    }
