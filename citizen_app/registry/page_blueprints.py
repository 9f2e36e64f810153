"""Blueprints of pages that remember their routes, so that rules and tests can ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint

from citizen_app.text import Text

USUAL_METHODS: Final = ("GET",)


@dataclass(frozen=True, slots=True)
class PageRoute:
    """One address of a blueprint: the function behind it is called `endpoint`."""

    rule: str
    endpoint: str
    methods: frozenset[str]


class PageBlueprint(Blueprint):
    """Pages for browsers, for one audience (`web.boundary.audiences`); those of a service speak its
    `sentences`, by key."""

    def __init__(
        self,
        name: str,
        audience: object,
        service: str | None = None,
        sentences: Mapping[str, Text] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(name, __name__, **options)
        self.audience = audience
        if service is not None:
            self.service = service
        self.sentences: Mapping[str, Text] = sentences or {}
        self.own_sentences = self.sentences
        self.routes: list[PageRoute] = []

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Add an address, and remember it."""
        named = str(endpoint or getattr(view_func, "__name__", ""))
        methods = frozenset(method.upper() for method in options.get("methods") or USUAL_METHODS)
        self.routes.append(PageRoute(rule, named, methods))
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)


def is_for_staff(blueprint: PageBlueprint) -> bool:
    """Whether the pages are operators', in the console."""
    return getattr(blueprint.audience, "kind", None) == "staff"
