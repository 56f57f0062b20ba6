"""S2's table: every endpoint, every role, and what each cell must answer. A new endpoint needs a row here.

Cells: `ok`, `empty` (a search that finds nothing), `404`, `401`, `405`, or a reason code (403).
"""

from dataclasses import dataclass

from tests.small_world import (
    ALMOST_ADULT,
    BASIC,
    CHILD,
    EXPIRED_PROXY,
    FULL_PROXY,
    GRANTER,
    LIMITED_PROXY,
    LOCKED,
    REVOKED_PROXY,
    SPONSOR,
    SPOUSE,
    STRANGER,
    SUPPORT,
    TEEN,
    WAITING_PROXY,
)


@dataclass(frozen=True, slots=True)
class Role:
    """Who asks, and about whom. `once_18`: on the day on which the patient turns 18."""

    name: str
    viewer: str | None
    patient: str
    level: int = 2
    once_18: bool = False
    scope: str = "openid user/*.rs portal"


WAITING = "proxy who has not accepted"
ROLES = (
    Role("self", SPONSOR, SPONSOR),
    Role("parent of 8", SPONSOR, CHILD),
    Role("parent of 15", SPONSOR, TEEN),
    Role("parent of 18", SPONSOR, ALMOST_ADULT, once_18=True),
    Role("full proxy", FULL_PROXY, GRANTER),
    Role("limited proxy", LIMITED_PROXY, GRANTER),
    Role("expired proxy", EXPIRED_PROXY, GRANTER),
    Role("revoked proxy", REVOKED_PROXY, GRANTER),
    Role(WAITING, WAITING_PROXY, GRANTER),
    Role("spouse", SPONSOR, SPOUSE),
    Role("stranger", STRANGER, SPONSOR),
    Role("basic", BASIC, BASIC, level=1),
    Role("support", SUPPORT, SPONSOR),
    Role("locked", None, LOCKED),
    Role("no token", None, SPONSOR),
    Role("script", SPONSOR, SPONSOR, scope="openid fhirUser user/*.rs portal offline_access"),
    Role("script that counts", SPONSOR, SPONSOR, scope="openid fhirUser portal.counts offline_access"),
    Role("app without a patient", SPONSOR, SPONSOR, scope="openid fhirUser patient/*.rs"),
    Role("app of labs", SPONSOR, SPONSOR, scope="launch/patient patient/Observation.rs"),
)
PEOPLE = ROLES[:15]
"""Those whose cells a row names. The cells of the tokens after them follow from it (`_with_tokens`)."""

TEEN_, ADULT, ENDED, NONE = "restricted-teen", "adult-dependent", "grant-ended", "no-grant"
PREMIUM, NO_CLINICAL = "premium-required", "support-no-clinical"
_LAST = (NO_CLINICAL, "401", "401")


def _row(*cells: str) -> dict[str, str]:
    """A grant that waits opens and shows as much as none, so that its column is the stranger's (FAM-12)."""
    row = dict(zip((role.name for role in PEOPLE if role.name != WAITING), cells, strict=True))
    return row | {WAITING: row["stranger"]}


NO_SCOPE, SCRIPTS_READ = "no-scope", "invalid"
_OWN_END = ("POST /portal/v1/session/lock", "DELETE /portal/v1/session")
_COUNTED = (*_OWN_END, "GET /portal/v1/session", "GET /portal/v1/session/grants", "GET /portal/v1/counts")


def _with_tokens(table: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The rows with the cells of what is no sign-in of a person who is there: scripts (SESS-4), apps of others."""
    return {name: row | _tokens(name, row["self"], row["no token"] == "ok") for name, row in table.items()}


def _tokens(name: str, own: str, public: bool) -> dict[str, str]:
    method, path = name.split()
    portal = path.startswith("/portal/")
    reads = (method == "GET" and path != "/portal/v1/session/vault") if portal else True
    counts = ("ok" if name in _COUNTED else SCRIPTS_READ) if portal else NO_SCOPE
    labs = own if path.startswith("/Observation") else NO_SCOPE
    return {
        "script": own if reads or name in _OWN_END else SCRIPTS_READ,
        "script that counts": "ok" if public else counts,
        "app without a patient": "ok" if public else NO_SCOPE,
        "app of labs": "ok" if public else labs,
    }


def _named(basic: str) -> dict[str, str]:
    """The patient is named, the category is open to limited access."""
    return _row("ok", "ok", "ok", ADULT, "ok", "ok", ENDED, ENDED, NONE, "404", basic, *_LAST)


def _named_withheld(basic: str) -> dict[str, str]:
    """The patient is named, the category is withheld from limited access."""
    return _row("ok", "ok", TEEN_, ADULT, "ok", NONE, ENDED, ENDED, NONE, "404", basic, *_LAST)


def _id(basic: str) -> dict[str, str]:
    """An id of a category that limited access opens."""
    return _row("ok", "ok", "ok", "404", "ok", "ok", "404", "404", "404", "404", basic, *_LAST)


def _id_withheld(basic: str) -> dict[str, str]:
    """An id of a category that limited access withholds."""
    return _row("ok", "ok", "404", "404", "ok", "404", "404", "404", "404", "404", basic, *_LAST)


def _looked_up(basic: str) -> dict[str, str]:
    """A search that names no patient and so finds what is open, or nothing."""
    return {one: "empty" if cell == "404" else cell for one, cell in _id(basic).items()}


def _looked_up_withheld(basic: str) -> dict[str, str]:
    return {one: "empty" if cell == "404" else cell for one, cell in _id_withheld(basic).items()}


def _anybody(*, support: str = NO_CLINICAL) -> dict[str, str]:
    """Open to every sign-in of a patient."""
    return _row(*["ok"] * 11, support, "401", "401")


def _public() -> dict[str, str]:
    return _row(*["ok"] * (len(PEOPLE) - 1))


def _own(basic: str, *, others: str) -> dict[str, str]:
    """An act on what is one's own; `others` is what comes of it for the people of this table."""
    return _row(*[others] * 10, basic, *_LAST)


OPEN = ("RelatedPerson", "Consent", "Immunization", "Appointment")
WITHHELD = (
    *("Observation", "DiagnosticReport", "DocumentReference", "Condition", "Procedure", "Encounter", "CareTeam"),
    *("CarePlan", "Goal", "ServiceRequest", "Device", "FamilyMemberHistory", "Coverage"),
    *("QuestionnaireResponse", "ImagingStudy"),
)
MEDICATIONS = ("MedicationRequest", "MedicationDispense", "MedicationAdministration", "MedicationStatement")
DIRECTORY = (
    *("Practitioner", "PractitionerRole", "Organization", "Location", "Medication"),
    *("HealthcareService", "Schedule", "Slot", "Questionnaire"),
)


def _fhir() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {
        "GET /metadata": _public(),
        "GET /StructureDefinition/{id}": _public(),
        "GET /CodeSystem/{id}": _public(),
        "GET /Patient": _looked_up("ok"),
        "POST /Patient/_search": _looked_up("ok"),
        "GET /Patient/{id}": _named("ok"),
        "GET /Binary/{id}": _id_withheld(PREMIUM),
        "GET /Provenance": _looked_up_withheld("empty"),
        "POST /Provenance/_search": _looked_up_withheld("empty"),
        "GET /Provenance/{id}": _id_withheld("404"),
    }
    groups = (
        (OPEN, _named("ok"), _id("ok")),
        (("AllergyIntolerance",), _named(PREMIUM), _id(PREMIUM)),
        (WITHHELD, _named_withheld(PREMIUM), _id_withheld(PREMIUM)),
        (MEDICATIONS, _named_withheld("ok"), _id_withheld("ok")),
        (DIRECTORY, _anybody(), _anybody()),
    )
    for kinds, searched, read in groups:
        for kind in kinds:
            table |= {f"GET /{kind}": searched, f"POST /{kind}/_search": searched, f"GET /{kind}/{{id}}": read}
    return table


FHIR = _with_tokens(_fhir())

ENDS = {
    "POST /portal/v1/session/lock": _anybody(support="ok"),
    "DELETE /portal/v1/sessions": _anybody(support="ok"),
}
"""What ends the sign-in that asks it."""

PORTAL = {
    "GET /portal/v1/session": _anybody(support="ok"),
    "GET /portal/v1/session/grants": _anybody(support="ok"),
    "DELETE /portal/v1/session/grants/{grant_id}": _row(*["404"] * 12, "401", "401"),
    "PUT /portal/v1/session/ask-first": _anybody(),
    "GET /portal/v1/counts": _anybody(),
    "GET /portal/v1/proofing": _own("factor-wrong", others="invalid"),
    "POST /portal/v1/proofing/code": _own("factor-wrong", others="invalid"),
    "POST /portal/v1/proofing/questions": _own("factor-wrong", others="invalid"),
    "POST /portal/v1/proofing": _own("factor-wrong", others="invalid"),
    "GET /portal/v1/patients/{patient_id}/deers": _row(
        *("ok", "404", "404", ADULT, "404", "404", ENDED, ENDED, NONE, "404", "ok"), *_LAST
    ),
    "DELETE /portal/v1/session": _anybody(support="ok"),
    "GET /portal/v1/family": _anybody(),
    "POST /portal/v1/family/grants": _own(PREMIUM, others="ok"),
    "DELETE /portal/v1/family/grants/{grant_id}": _own(PREMIUM, others="404"),
    "POST /portal/v1/family/grants/{grant_id}/accept": _own(PREMIUM, others="404"),
    "POST /portal/v1/family/grants/{grant_id}/refuse": _own(PREMIUM, others="404"),
    "POST /portal/v1/family/access-requests": _own(PREMIUM, others="ok"),
    "POST /portal/v1/family/access-requests/refuse": _own(PREMIUM, others="ok"),
    "GET /portal/v1/patients/{patient_id}/profile": _named("ok"),
    "GET /portal/v1/patients/{patient_id}/news": _named("ok"),
    "GET /portal/v1/patients/{patient_id}/appointments": _named("ok"),
    "GET /portal/v1/patients/{patient_id}/seen": _named_withheld(PREMIUM),
    "POST /portal/v1/seen": _named_withheld(PREMIUM),
    "GET /portal/v1/patients/{patient_id}/access-log": _named_withheld(PREMIUM),
    "GET /portal/v1/patients/{patient_id}/prescriptions": _named_withheld("ok"),
    "GET /portal/v1/pharmacies": _anybody(),
    "POST /portal/v1/refills": _named_withheld(PREMIUM),
    "POST /portal/v1/renewals": _named_withheld(PREMIUM),
    "GET /portal/v1/patients/{patient_id}/threads": _named(PREMIUM),
    "GET /portal/v1/threads/{thread_id}": _id(PREMIUM),
    "POST /portal/v1/threads/search": _named(PREMIUM),
    "GET /portal/v1/session/vault": _anybody(),
    "POST /portal/v1/recipients/search": _named(PREMIUM),
    "POST /portal/v1/messages/preview": _named(PREMIUM),
    "POST /portal/v1/messages": _named(PREMIUM),
    "POST /portal/v1/corrections/preview": _named_withheld(PREMIUM),
    "POST /portal/v1/corrections": _named_withheld(PREMIUM),
    "GET /portal/v1/patients/{patient_id}/corrections": _named(PREMIUM),
    "POST /portal/v1/folders": _named(PREMIUM),
    "DELETE /portal/v1/folders/{folder_id}": _own(PREMIUM, others="404"),
    "POST /portal/v1/messages/move": _named(PREMIUM),
    "POST /portal/v1/messages/unread": _named(PREMIUM),
    "POST /portal/v1/messages/read": _named(PREMIUM),
    "GET /portal/v1/patients/{patient_id}/drafts": _named(PREMIUM),
    "PUT /portal/v1/drafts/{draft_id}": _named(PREMIUM),
    "DELETE /portal/v1/drafts/{draft_id}": _own(PREMIUM, others="ok"),
    "PUT /portal/v1/patients/{patient_id}/attachments/{file_id}": _named(PREMIUM),
    "GET /portal/v1/attachments/{file_id}": _own(PREMIUM, others="404"),
    "GET /portal/v1/requests/{key}": _row(*["404"] * 12, "401", "401"),
    "GET /portal/v1/visit-types": _named("ok"),
    "GET /portal/v1/clinics": _named("ok"),
    "GET /portal/v1/slots": _named("ok"),
    "GET /portal/v1/changes": _anybody(),
    "PUT /portal/v1/slot-watches/{clinic}": _named(PREMIUM),
    "DELETE /portal/v1/slot-watches/{clinic}": _named(PREMIUM),
    "POST /portal/v1/appointments": _named(PREMIUM),
    "POST /portal/v1/appointments/{appointment_id}/cancel": _named(PREMIUM),
    "POST /portal/v1/appointments/{appointment_id}/reschedule": _named(PREMIUM),
    "POST /portal/v1/appointment-requests": _named(PREMIUM),
    "POST /portal/v1/appointment-requests/{appointment_id}/choose": _named(PREMIUM),
    "POST /portal/v1/appointment-requests/{appointment_id}/withdraw": _named(PREMIUM),
    "GET /portal/v1/patients/{patient_id}/clipboards": _named_withheld(PREMIUM),
    "PUT /portal/v1/clipboards/{clipboard_id}": _named_withheld(PREMIUM),
    "POST /portal/v1/clipboards/{clipboard_id}/submit": _named_withheld(PREMIUM),
}

ENDS, PORTAL = _with_tokens(ENDS), _with_tokens(PORTAL)


def _patient_alone(other: dict[str, str], *, to_kin: str = "404") -> dict[str, str]:
    """Of a sensitive entry: for everybody else than the patient what an id is that nobody has (FAM-7, FAM-8)."""
    others = {one.name for one in PEOPLE if one.viewer != one.patient}
    return {name: to_kin if name in others and cell == "ok" else cell for name, cell in other.items()}


SENSITIVE = _with_tokens(
    {
        "GET /Appointment/secret-appointment": _patient_alone(_id("ok")),
        "GET /DocumentReference/secret-note": _patient_alone(_id_withheld(PREMIUM)),
        "GET /Provenance/of-secret-note": _patient_alone(_id_withheld("404")),
        "GET /Provenance?target=secret-note": _patient_alone(_looked_up_withheld("empty"), to_kin="empty"),
        "POST /portal/v1/corrections": _patient_alone(_named_withheld(PREMIUM)),
        "POST /portal/v1/corrections/preview": _patient_alone(_named_withheld(PREMIUM)),
        "PUT /portal/v1/clipboards/secret-clipboard": _patient_alone(_named_withheld(PREMIUM)),
        "POST /portal/v1/clipboards/secret-clipboard/submit": _patient_alone(_named_withheld(PREMIUM)),
        "POST /portal/v1/appointments/secret-appointment/cancel": _patient_alone(_named(PREMIUM)),
    }
)
"""What is asked of each patient's sensitive note and appointment, and of what belongs to them."""

KEYS = _with_tokens({"GET /portal/v1/requests/{key}": _id("404") | {"support": "404"}})
"""The key of a message that the role itself sent about the patient, at a time when it might; asked for now."""

BY_TESTER_TOKEN = {
    "GET /mock/v1/clock",
    "PUT /mock/v1/clock",
    "POST /mock/v1/clock/advance",
    "GET /mock/v1/personas",
    "GET /mock/v1/requests",
    "GET /mock/v1/audit/verify",
    "GET /mock/v1/mailbox",
    "POST /mock/v1/deers",
    "POST /mock/v1/cards",
    "POST /mock/v1/staff/messages",
    "PUT /mock/v1/staff/answering",
    "POST /mock/v1/staff/requests",
    "POST /mock/v1/staff/refills",
    "POST /mock/v1/staff/renewals",
    "PUT /mock/v1/staff/pharmacy",
    "POST /mock/v1/staff/slots",
    "POST /mock/v1/staff/visits",
    "PUT /mock/v1/staff/scheduling",
    "POST /mock/v1/import",
    "POST /mock/v1/scenario/reset",
    "POST /mock/v1/scenario/snapshot",
    "POST /mock/v1/scenario/restore",
}
"""No sign-in opens these: they answer 401 to every role."""

BEFORE_SIGN_IN = {
    "GET /fhir/r4/.well-known/smart-configuration",
    "GET /.well-known/openid-configuration",
    "GET /.well-known/oauth-authorization-server",
    "GET /oauth/jwks",
    "GET /oauth/authorize",
    "POST /oauth/authorize",
    "POST /oauth/challenge",
    "POST /oauth/token",
    "POST /oauth/revoke",
    "POST /oauth/device_authorization",
    "GET /oauth/device",
    "POST /oauth/device",
    "GET /oauth/forgot",
    "POST /oauth/forgot",
    "POST /oauth/account/reset",
    "POST /oauth/account/reset/finish",
    "POST /oauth/account/register",
    "POST /oauth/account/register/finish",
    "GET /card-office",
    "POST /card-office",
    "GET /milconnect",
    "POST /milconnect",
    "GET /openapi.json",
}
"""What leads to a sign-in, or tells of the server: no patient's data, proved in tests/oauth."""
