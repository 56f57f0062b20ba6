"""Organizations, clinics, staff with their roles, and drugs as FHIR resources."""

from genesis_tui.mock_backend.world.authored import read
from genesis_tui.mock_backend.world.authored.catalogue import AuthoredClinic, Drug, Facility, Kinds, Places, Staff
from genesis_tui.mock_backend.world.base.builder import Directory, WorldBuilder
from genesis_tui.mock_backend.world.base.elements import OURS, RXNORM, SNOMED, TERMS, TIMEZONE, concept, named
from genesis_tui.mock_backend.world.base.world import Json, Resource

_FIRST = {
    "Organization": 589_000,
    "Location": 21_000_000,
    "Practitioner": 4_460_000,
    "PractitionerRole": 4_470_000,
    "Medication": 340_000,
}


def directory(places: Places, kinds: Kinds) -> Directory:
    """Everything by key, with ids that follow the order of the files."""
    facilities = {f.key: f for f in places.facilities}
    clinics = {c.key: (c, f) for f in places.facilities for c in f.clinics}
    staff = {s.key: s for s in places.staff}
    ids = {key: str(_FIRST["Organization"] + 2 * n) for n, key in enumerate(facilities)}
    ids |= {f"lab:{key}": str(_FIRST["Organization"] + 2 * n + 1) for n, key in enumerate(facilities)}
    ids |= {key: str(_FIRST["Location"] + n) for n, key in enumerate(clinics)}
    ids |= {key: str(_FIRST["Practitioner"] + n) for n, key in enumerate(staff)}
    ids |= {f"role:{key}": str(_FIRST["PractitionerRole"] + n) for n, key in enumerate(staff)}
    ids |= {key: str(_FIRST["Medication"] + n) for n, key in enumerate(kinds.drugs)}
    return Directory(facilities, clinics, staff, kinds.drugs, ids)


def add_places(builder: WorldBuilder) -> None:
    """Writes every facility, clinic, member of staff and drug."""
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
        builder.resources.append(Resource(_role(known, staff)))
    for key in read.clipboards():
        builder.resources.append(Resource(read.clipboard(key).questionnaire))
    for key, drug in known.drugs.items():
        builder.resources.append(Resource(_medication(known.ids[key], drug)))


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
        "telecom": _mail(clinic, facility),
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


def _mail(clinic: AuthoredClinic, facility: Facility) -> list[Json]:
    return [{"system": "email", "value": f"{clinic.key}@{facility.key}.example", "use": "work"}]


def _role(known: Directory, staff: Staff) -> Json:
    """What somebody does for which clinic."""
    clinic, facility = known.clinics[staff.clinic]
    return {
        "resourceType": "PractitionerRole",
        "id": known.ids[f"role:{staff.key}"],
        "active": True,
        "practitioner": known.who(staff.key),
        "organization": known.organization(facility.key),
        "specialty": [named(SNOMED, staff.specialty, staff.specialty_name)],
        "location": [known.clinic(clinic.key)],
        "telecom": _mail(clinic, facility),
    }


def _medication(identity: str, drug: Drug) -> Json:
    code = named(RXNORM, drug.rxnorm, drug.display, drug.name)
    return {"resourceType": "Medication", "id": identity, "code": code, "status": "active"}
