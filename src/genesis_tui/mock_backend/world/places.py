"""Organizations, clinics and staff as FHIR resources."""

from genesis_tui.mock_backend.world.authored.catalogue import AuthoredClinic, Facility, Places, Staff
from genesis_tui.mock_backend.world.base.builder import Directory, WorldBuilder
from genesis_tui.mock_backend.world.base.elements import OURS, SNOMED, TERMS, TIMEZONE, concept, named
from genesis_tui.mock_backend.world.base.world import Json, Resource

_FIRST = {"Organization": 589_000, "Location": 21_000_000, "Practitioner": 4_460_000}


def directory(places: Places) -> Directory:
    """Everything by key, with ids that follow the order of the file."""
    facilities = {f.key: f for f in places.facilities}
    clinics = {c.key: (c, f) for f in places.facilities for c in f.clinics}
    staff = {s.key: s for s in places.staff}
    ids = {key: str(_FIRST["Organization"] + 2 * n) for n, key in enumerate(facilities)}
    ids |= {f"lab:{key}": str(_FIRST["Organization"] + 2 * n + 1) for n, key in enumerate(facilities)}
    ids |= {key: str(_FIRST["Location"] + n) for n, key in enumerate(clinics)}
    ids |= {key: str(_FIRST["Practitioner"] + n) for n, key in enumerate(staff)}
    return Directory(facilities, clinics, staff, ids)


def add_places(builder: WorldBuilder) -> None:
    """Writes every facility, clinic and member of staff."""
    known = builder.directory
    for facility in known.facilities.values():
        builder.resources.append(Resource(_organization(known.ids[facility.key], facility.name, facility, "prov")))
        lab = _organization(known.ids[f"lab:{facility.key}"], facility.lab, facility, "dept")
        lab["partOf"] = known.organization(facility.key)
        builder.resources.append(Resource(lab))
    for clinic, facility in known.clinics.values():
        builder.resources.append(Resource(_location(known, clinic, facility)))
    for staff in known.staff.values():
        builder.resources.append(Resource(_practitioner(known, staff)))


def _address(facility: Facility) -> Json:
    address = {"city": facility.city, "state": facility.state, "country": facility.country}
    return {name: value for name, value in address.items() if value}


_ORGANIZATION_TYPES = {"prov": "Healthcare Provider", "dept": "Hospital Department"}


def _organization(identity: str, name: str, facility: Facility, kind: str) -> Json:
    return {
        "resourceType": "Organization",
        "id": identity,
        "active": True,
        "type": [concept(f"{TERMS}/organization-type", kind, _ORGANIZATION_TYPES[kind])],
        "name": name,
        "address": [_address(facility)],
    }


def _location(known: Directory, clinic: AuthoredClinic, facility: Facility) -> Json:
    line = {"line": [clinic.floor]} if clinic.floor else {}
    phone = {"telecom": [{"system": "phone", "value": clinic.phone, "use": "work"}]} if clinic.phone else {}
    return {
        "resourceType": "Location",
        "id": known.ids[clinic.key],
        "extension": [{"url": TIMEZONE, "valueCode": facility.zone}],
        "status": "active",
        "name": clinic.name,
        "mode": "instance",
        "type": [concept(f"{TERMS}/v3-RoleCode", clinic.type, clinic.type_name)],
        **phone,
        "address": {**line, **_address(facility)},
        "managingOrganization": known.organization(facility.key),
    }


def _practitioner(known: Directory, staff: Staff) -> Json:
    clinic, facility = known.clinics[staff.clinic]
    specialty = named(SNOMED, staff.specialty, staff.specialty_name)
    return {
        "resourceType": "Practitioner",
        "id": known.ids[staff.key],
        "identifier": [{"system": f"{OURS}/NamingSystem/provider", "value": f"P{known.ids[staff.key]}"}],
        "active": True,
        "telecom": [{"system": "email", "value": f"{clinic.key}@{facility.key}.example", "use": "work"}],
        "qualification": [{"code": specialty, "issuer": known.organization(facility.key)}],
        "name": [
            {
                "use": "official",
                "text": f"{staff.style} {staff.given} {staff.family}, {staff.credential}",
                "family": staff.family,
                "given": [staff.given],
                "prefix": [staff.style],
                "suffix": [staff.credential],
            }
        ],
    }
