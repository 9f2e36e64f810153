"""A context is validated against its purpose in every scan, and the module gets the defaults."""

from __future__ import annotations

from citizen_app.clock import now, rfc3339
from citizen_app.ids import new_id
from citizen_app.kiosks.queries import KioskView, kiosk_of_token
from citizen_app.scans.attempt import ScanRequest
from citizen_app.scans.intake import Contexts, received
from citizen_app.toolkit.testing import City

RIGHT = {"gate": "E1", "lane": 1}


def test_a_wrong_context_is_refused_before_and_after_a_right_one(city: City) -> None:
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    for lane, status in ((True, 422), (1, 200), (True, 422), (1, 200), ("1", 422)):
        answered = kiosk.scan(citizen.code(), "with_context", context={**RIGHT, "lane": lane})
        assert answered.status_code == status, answered.text
    assert [error["pointer"] for error in answered.get_json()["errors"]] == ["/context/lane"]


def test_what_is_right_for_one_purpose_is_checked_for_another(city: City) -> None:
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    assert kiosk.scan(citizen.code(), "with_context", context=RIGHT).status_code == 200
    assert kiosk.scan(citizen.code(), "enter", context=RIGHT).status_code == 422


def test_the_module_is_told_defaults_now_and_of_an_upload(city: City) -> None:
    kiosk, citizen = city.kiosk("probe"), city.citizen()
    expected = {"gate": "E1", "lane": None, "direction": "in"}
    now_decided = kiosk.scan(citizen.code(), "with_context", context={"gate": "E1"}).get_json()
    assert now_decided["outcome"]["context"] == expected
    scan = {"scan_id": new_id(), "purpose": "with_context", "code": citizen.code(), "context": {"gate": "E1"}}
    sent = {"scans": [{**scan, "occurred_at": rfc3339(now())}]}
    (uploaded,) = kiosk.post("/api/v1/scans/batch", sent).get_json()["results"]
    assert uploaded["outcome"]["context"] == expected


def test_defaults_make_no_other_request_of_a_retry(city: City) -> None:
    """What recognises it is what was sent, so that a default may change while a kiosk waits for its
    answer."""
    kiosk, code, scan_id = city.kiosk("probe"), city.citizen().code(), new_id()
    sent = {"scan_id": scan_id, "context": {"gate": "E1"}}
    first = kiosk.scan(code, "with_context", **sent).get_json()
    assert kiosk.scan(code, "with_context", **sent).get_json() == first
    spelt_out = {"gate": "E1", "lane": None, "direction": "in"}
    other = kiosk.scan(code, "with_context", scan_id=scan_id, context=spelt_out)
    assert other.get_json()["type"] == "/problems/idempotency-conflict"


def test_a_scan_that_asks_goes_on_with_its_context(city: City) -> None:
    kiosk = city.kiosk("probe")
    asked = kiosk.scan(city.citizen().code(), "ask", context={"desk": "7"}).get_json()
    done = kiosk.post(f"/api/v1/scans/{asked['scan_id']}/answer", {"last_four": "1234"}).get_json()
    assert done["outcome"]["context"] == {"desk": "7", "floor": 1}


def test_each_context_of_an_upload_is_checked(city: City) -> None:
    """Alike is not equal: `true` is no 1, whatever stood before it in the upload."""
    kiosk, lanes = city.kiosk("probe"), (1, True, 1, "1", 2)
    scans = [
        {
            "scan_id": new_id(),
            "purpose": "with_context",
            "code": city.citizen().code(),
            "context": {**RIGHT, "lane": lane},
            "occurred_at": rfc3339(now()),
        }
        for lane in lanes
    ]
    results = kiosk.post("/api/v1/scans/batch", {"scans": scans}).get_json()["results"]
    told = [r["outcome"]["context"]["lane"] if "outcome" in r else r["problem"]["status"] for r in results]
    assert told == [1, 422, 1, 422, 2]


def test_scans_of_an_upload_do_not_share_their_context(city: City) -> None:
    with city.app.app_context():
        token = city.kiosk("probe").token
        kiosk, known = kiosk_of_token(token), Contexts()
        assert isinstance(kiosk, KioskView)
        sent = [ScanRequest(new_id(), "with_context", code="CC1:", context=RIGHT) for _ in range(2)]
        first, second = (received(kiosk, one, late=True, known=known) for one in sent)
    assert first.context == second.context == {**RIGHT, "direction": "in"}
    assert first.context is not second.context
