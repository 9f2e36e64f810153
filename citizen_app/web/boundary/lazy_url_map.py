"""A lazy URL map: a rule compiles its URL builder on first use, because most rules are only matched and
start-up should not pay for them."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule


class LazyUrlRule(Rule):
    """A rule that compiles the function behind `url_for` when it is first called."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder

        def build(rule: LazyUrlRule, **values: object) -> tuple[str, str]:
            made = compile_now(append_unknown).__get__(rule, None)
            setattr(rule, "_build_unknown" if append_unknown else "_build", made)
            built: tuple[str, str] = made(**values)
            return built

        return build
