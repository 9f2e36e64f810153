"""Where I am signed in, and ending it elsewhere."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from citizen_app.citizens.sign_ins import end_others, end_sign_in, sign_in_of, sign_ins_of
from citizen_app.storage.keyset import PageQuerySchema
from citizen_app.web.boundary.audiences import current_citizen
from citizen_app.web.forms.form import Form
from citizen_app.web.forms.pages import form_page
from citizen_app.web.forms.reading import asked
from citizen_app.web.pages.mine.door import mine


@mine.get("/sign-ins")
def sign_ins() -> str:
    """Every sign-in that goes on, this one too."""
    return render_template(
        "mine/sign_ins.html", found=sign_ins_of(current_citizen(), **asked(PageQuerySchema))
    )


@form_page(mine, "/sign-ins/<id:session_id>/end")
def end(form: Form, session_id: str) -> str:
    """Whether to sign out there."""
    return render_template("mine/end_sign_in.html", form=form, one=sign_in_of(current_citizen(), session_id))


@end.sends
def _end(_: dict[str, Any], session_id: str) -> str:
    end_sign_in(current_citizen(), session_id)
    return url_for("mine.sign_ins", done="signed_out")


@form_page(mine, "/sign-ins/end-others")
def end_all_others(form: Form) -> str:
    """Whether to sign out everywhere else."""
    return render_template("mine/end_sign_ins.html", form=form)


@end_all_others.sends
def _end_all_others(_: dict[str, Any]) -> str:
    end_others(current_citizen())
    return url_for("mine.sign_ins", done="signed_out")
