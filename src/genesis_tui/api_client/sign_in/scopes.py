"""What a sign-in asks for, by what it is for; only what the server lists, where it lists anything."""

from collections.abc import Iterable

from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.models.sign_in import Offline

_PATIENT = ("openid", "fhirUser", "launch/patient")
_PERSON = ("openid", "fhirUser", "user/*.rs", "portal")
_READING = ("patient/*.rs", "patient/*.read")
"""SMART App Launch 2 and 1; the first that the server lists is asked for."""
_OFFLINE = "offline_access"
_COUNTS = ("openid", "fhirUser", "portal.counts", _OFFLINE)


def scope(endpoints: Endpoints, offline: Offline | None = None) -> str:
    """With a portal all that the person may see, else one patient's record; for scripts what was chosen (SESS-4)."""
    known = frozenset(endpoints.scopes_supported)
    kept = (_OFFLINE,) if offline is Offline.READING else ()
    if endpoints.portal_endpoint:
        return _known(known, _COUNTS if offline is Offline.COUNTS else (*_PERSON, *kept))
    reading = next((scope for scope in _READING if scope in known), _READING[0])
    return " ".join(filter(None, (_known(known, _PATIENT), reading, _known(known, kept))))


def _known(known: frozenset[str], wanted: Iterable[str]) -> str:
    return " ".join(scope for scope in wanted if not known or scope in known)
