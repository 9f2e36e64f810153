"""What a facade can do, as a CapabilityStatement (https://hl7.org/fhir/R4/capabilitystatement.html)."""

from __future__ import annotations

from citizen_app.fhir.declared import Facade, ResourceType, TakenElsewhere, address_of
from citizen_app.fhir.elements import Json, said


def statement(facade: Facade) -> Json:
    """The CapabilityStatement of this instance."""
    service = facade.service
    rest: Json = {
        "mode": "server",
        "security": {"cors": False, "description": said(facade.security)},
        "resource": [*map(_resource, facade.types), *map(_taken, facade.elsewhere)],
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": facade.since.isoformat(),
        "kind": "instance",
        "publisher": said(service.owner),
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "instantiates": list(facade.profiles),
        "software": {"name": said(service.title), "version": service.version},
        "implementation": {"description": said(service.summary), "url": facade.address},
        "rest": [rest],
    }


def _resource(kind: ResourceType) -> Json:
    interactions = ["read", "search-type", *(["update"] if kind.updates else [])]
    members = {
        "type": kind.name,
        "interaction": [{"code": code} for code in interactions],
        "versioning": "versioned-update" if kind.updates else "no-version",
        "searchParam": [
            {"name": name, "type": one.type} for name, one in kind.parameters.items() if ":" not in name
        ],
        "searchInclude": list(kind.includes),
        "documentation": said(kind.words),
        "operation": [{"name": name, "definition": of} for name, of in kind.operations.items()],
    }
    return {name: value for name, value in members.items() if value}


def _taken(kind: TakenElsewhere) -> Json:
    """No interaction: at this address there is none. The words say where there is one."""
    members = {
        "type": kind.name,
        "versioning": "no-version",
        "referencePolicy": list(kind.references),
        "documentation": said(kind.words.fill(address=address_of(kind.endpoint))),
    }
    return {name: value for name, value in members.items() if value}
