"""What the examples for operators name is there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import yaml

from citizen_app.factory import CitizenFlask
from citizen_app.process import metrics
from citizen_app.process.release import VERSION
from citizen_app.settings import PREFIX, SettingsSchema
from citizen_app.usage.reasons import WORDS
from citizen_app.wire.problem_types import TYPES
from tests.architecture.sources import CHINESE, ROOT

EXAMPLES = ROOT / "docs/examples"
ENDINGS = re.compile(r"_(bucket|count|sum)$")


def alerts() -> list[dict[str, object]]:
    """The example alerts."""
    groups = yaml.safe_load((EXAMPLES / "prometheus-rules.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def exposed() -> Iterator[str]:
    """Names of all metrics: counted by the processes, or asked at the moment of a scrape."""
    yield from (sample.name for family in metrics.REGISTRY.collect() for sample in family.samples)
    yield from (f"{family.name}_total" for family in metrics.REGISTRY.collect() if family.type == "counter")
    yield from (family.name for family in metrics.REGISTRY.collect())
    yield from re.findall(
        r'"(citizen_[a-z_]+)"', (ROOT / "citizen_app/web/metrics.py").read_text(encoding="utf-8")
    )


def test_every_metric_of_the_alerts_exists() -> None:
    known = set(exposed())
    named = {name for rule in alerts() for name in re.findall(r"\bcitizen_[a-z_]+", str(rule["expr"]))}
    assert len(named) > 12
    assert {name for name in named if name not in known and ENDINGS.sub("", name) not in known} == set()


def test_every_label_of_the_alerts_can_be() -> None:
    text = " ".join(str(rule["expr"]) for rule in alerts())
    reasons = {word for found in re.findall(r'reason=~?"([^"]+)"', text) for word in found.split("|")}
    assert reasons <= set(WORDS)
    assert set(re.findall(r'problem="([^"]+)"', text)) <= set(TYPES)


def test_alerts_speak_both_languages_and_say_what_to_do() -> None:
    for rule in alerts():
        annotations = rule["annotations"]
        assert isinstance(annotations, dict)
        assert CHINESE.search(annotations["summary"]), rule["alert"]
        assert annotations["action"], rule["alert"]


def test_the_routes_of_the_alerts_exist(house: CitizenFlask) -> None:
    text = " ".join(str(rule["expr"]) for rule in alerts())
    assert set(re.findall(r'route="([^"]+)"', text)) <= {rule.rule for rule in house.url_map.iter_rules()}


def test_every_setting_of_the_examples_is_known() -> None:
    known = {PREFIX + name.upper() for name in SettingsSchema().fields} | {"CITIZEN_HOME", "CITIZEN_ETC"}
    for path in EXAMPLES.iterdir():
        named = set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))
        assert named <= known, path.name


def test_the_release_is_the_package_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


def test_the_proxy_lets_through_what_a_route_takes(app: CitizenFlask) -> None:
    site = (EXAMPLES / "nginx.conf").read_text(encoding="utf-8")
    found = re.search(r"location ~ (\S+) \{\s+client_max_body_size (\d+)m;", site)
    assert found is not None
    taken = {
        rule.rule: getattr(app.view_functions[rule.endpoint], "most_body_bytes", 0)
        for rule in app.url_map.iter_rules()
    }
    large = {rule: most for rule, most in taken.items() if most > 2**20}
    assert {"/console/claims/", "/api/v1/admin/claims/import"} <= large.keys()
    assert {rule for rule in large if not re.match(found[1], rule)} == set()
    assert max(large.values()) <= int(found[2]) * 2**20
