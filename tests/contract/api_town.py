"""A city in which anything can be made for somebody."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Final

from citizen_app.factory import CitizenFlask
from citizen_app.toolkit.testing import City
from tests.contract.api_owners import Headers, Owner
from tests.integration.staff.people import hire

_people: Final = count(1)


class Town:
    """A city in which anything can be made for somebody."""

    def __init__(self, app: CitizenFlask) -> None:
        self.city = City(app)
        self.city.seed("bus")  # with a timetable
        self._offices: dict[str, Headers] = {}
        self._others: dict[tuple[Callable[[Town], Owner], int], Owner] = {}

    def office(self, service: str) -> Headers:
        """An operator of a service."""
        if service not in self._offices:
            self._offices[service] = self.hired(f"service_operator:{service}")
        return self._offices[service]

    def hired(self, grant: str) -> Headers:
        """One more member of staff, with a `role` or a `role:service`."""
        return hire(self.city.app, f"owner.{next(_people)}", grant).sign_in()

    def another(self, make: Callable[[Town], Owner], number: int = 0) -> Owner:
        """Somebody else who has the like, one for each number; nobody changes their things."""
        if (make, number) not in self._others:
            self._others[make, number] = make(self)
        return self._others[make, number]

    def ask(self, headers: Headers, method: str, path: str, json: Any = None) -> Any:
        """What the API answers to a request that works."""
        answer = self.city.app.test_client().open(path, method=method, json=json, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.get_json(silent=True)
