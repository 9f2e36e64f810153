"""`flask keys`: what may be typed wrong."""

from __future__ import annotations

from citizen_app.factory import CitizenFlask


def test_an_unknown_key_is_told_before_anything_is_asked(app: CitizenFlask) -> None:
    for kid, words in (("32130001", "no key 32130001"), ("nonsense", "no kid: eight hexadecimal digits")):
        done = app.test_cli_runner().invoke(args=["keys", "disable", kid], input="y\n")
        assert (done.exit_code, words in done.output) == (1, True)
        assert "Refuse every code" not in done.output
