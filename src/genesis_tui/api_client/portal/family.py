"""The family, who may see whose record, and what portal and DEERS say of a person (FAM, AUD, DEERS)."""

from datetime import date
from typing import Any
from urllib.parse import quote

from genesis_tui.api_client.portal.acts import Nothing, became_of
from genesis_tui.api_client.portal.client import PortalClient, of_patient, read
from genesis_tui.api_client.portal.decoding import PERMISSION, Decoder, as_sent
from genesis_tui.models.family import (
    Access,
    AccessEvent,
    AccessPage,
    AccessRequest,
    DeersField,
    DeersView,
    Family,
    FamilyMember,
    Grant,
    GrantState,
    LogKind,
    Profile,
)

_ACCESS = {"full": Access.FULL, "limited": Access.LIMITED}


def _access(value: Any) -> Any:
    """How much is open; a word that is not known opens nothing."""
    return _ACCESS.get(value, Access.NONE) if isinstance(value, str) else value


def _state(value: Any) -> Any:
    """Where a grant stands; what is not known can be neither answered nor ended from here."""
    known = {one.value for one in GrantState}
    return GrantState.ENDED if isinstance(value, str) and value not in known else value


MEMBER = Decoder(
    FamilyMember,
    names={"new_results": "new.results", "unread": "new.messages"},
    absent=dict.fromkeys(("given", "family", "relation", "why"), ""),
    read={"access": _access, "can": PERMISSION.each},
)
GRANT = Decoder(
    Grant,
    absent={"giver": "", "receiver": "", "kind": "proxy"},
    read={"scope": _access, "ended": as_sent, "state": _state},
)
"""FAM-5, FAM-12."""
_REQUEST = Decoder(AccessRequest, read={"scope": _access})
FAMILY = Decoder(Family, read={"people": MEMBER.each, "grants": GRANT.each, "requests": _REQUEST.each})
"""`GET family`."""
_DEERS = ("name", "birth_date", "dod_id", "sex", "address", "email", "phone")
PROFILE = Decoder(
    Profile,
    names={"deers_read": "deers.read_at", **{name: f"deers.{name}" for name in _DEERS}},
    absent={**dict.fromkeys(_DEERS, ""), "address": (), "deers_read": None, "status": ""},
)
"""DEERS-1, MSG-2."""
_EVENT = Decoder(
    AccessEvent, absent={**dict.fromkeys(("words", "why", "outcome", "rule", "request_id"), ""), "mine": False}
)
ACCESS_PAGE = Decoder(AccessPage, absent={"total": 0, "days": 0}, read={"events": _EVENT.each, "next": as_sent})
"""AUD-1."""
_FIELD = Decoder(DeersField, absent={"portal": "", "deers": "", "same": False})
_DEERS_VIEW = Decoder(
    DeersView,
    names={"error": "error.title", "next": "error.next"},
    absent={"fields": (), "read_at": None, "before_at": None},
    read={"fields": _FIELD.each},
)
"""DEERS-2."""


def _grant(grant_id: str) -> str:
    return f"family/grants/{quote(grant_id, safe='')}"


class PortalFamily:
    """Calls in the name of the person signed in; each may raise what `PortalClient` raises."""

    def __init__(self, client: PortalClient) -> None:
        """On the portal of one server."""
        self._client = client

    async def family(self) -> Family:
        """FAM-1 to FAM-6."""
        return await self._client.get(FAMILY, "family")

    async def profile(self, patient_id: str) -> Profile:
        """DEERS-1, MSG-2."""
        return await self._client.get(PROFILE, of_patient(patient_id, "profile"))

    async def access_log(self, patient_id: str, kind: LogKind, before: str) -> AccessPage:
        """AUD-1; `before` is the `next` of the page before."""
        parameters = (("kind", str(kind)), *((("before", before),) if before else ()))
        return await self._client.get(ACCESS_PAGE, of_patient(patient_id, "access-log"), parameters)

    async def grant(self, receiver: str, scope: Access, until: date | None, key: str) -> Grant:
        """FAM-5."""
        body = {
            "receiver": receiver,
            "scope": scope.name.lower(),
            "until": until.isoformat() if until else None,
        }
        return read(GRANT, await self._client.send("POST", "family/grants", body, key=key))

    async def grant_made(self, key: str) -> Grant | None:
        """What became of that under its key, as `acts.became_of`."""
        return await became_of(self._client, key, GRANT)

    async def accept(self, grant_id: str, key: str) -> Grant:
        """FAM-12."""
        return read(GRANT, await self._client.send("POST", f"{_grant(grant_id)}/accept", key=key))

    async def refuse(self, grant_id: str, key: str) -> None:
        """FAM-12."""
        await self._client.send("POST", f"{_grant(grant_id)}/refuse", key=key)

    async def ask(self, user_name: str, scope: Access, key: str) -> None:
        """FAM-12; the answer is the same for everybody."""
        body = {"user_name": user_name, "scope": scope.name.lower()}
        await self._client.send("POST", "family/access-requests", body, key=key)

    async def refuse_request(self, user_name: str, key: str) -> None:
        """FAM-12; the answer is the same for everybody."""
        await self._client.send("POST", "family/access-requests/refuse", {"user_name": user_name}, key=key)

    async def revoke(self, grant_id: str, key: str = "") -> None:
        """FAM-5."""
        await self._client.send("DELETE", _grant(grant_id), key=key)

    async def done(self, key: str) -> bool | None:
        """What became of one of those that are answered by nothing."""
        return await became_of(self._client, key, Nothing)

    async def deers(self, patient_id: str) -> DeersView:
        """One's own record alone; reading it brings the portal up to date (DEERS-2)."""
        return await self._client.get(_DEERS_VIEW, of_patient(patient_id, "deers"))
