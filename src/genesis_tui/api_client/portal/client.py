"""The portal API (`/portal/v1`): what the server knows beside the health record."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
from pydantic import ValidationError

from genesis_tui.api_client.answers import unreadable
from genesis_tui.api_client.auth.bearer import Bearer
from genesis_tui.api_client.portal import shapes, translate
from genesis_tui.api_client.transport import Answer, Ask
from genesis_tui.models.home import PersonNews
from genesis_tui.models.people import Access, AccessPage, Family, FamilyMember, Grant, Profile, SignedIn

S = TypeVar("S", bound=shapes.Shape)
_ACCEPT = {"Accept": "application/json"}


class PortalApi:
    """Calls in the name of the person signed in; each may raise the errors of `Bearer.send` and BadAnswer."""

    def __init__(self, bearer: Bearer, base: str) -> None:
        """`base` is the portal's base URL, without a slash at the end."""
        self._bearer = bearer
        self._base = base

    async def session(self) -> SignedIn:
        """Who is signed in."""
        return translate.signed_in(await self._get(shapes.Session, "session"))

    async def family(self) -> Family:
        """FAM-1 to FAM-6."""
        return translate.family(await self._get(shapes.Family, "family"))

    async def news(self, person: FamilyMember) -> PersonNews:
        """What is new and what is coming for one person."""
        return translate.news(await self._get(shapes.News, _of(person.id, "news")), person)

    async def unseen(self, patient_id: str) -> frozenset[str]:
        """Keys (`Type/id`) that the viewer has not opened yet (REL-5)."""
        tree = await self._json("GET", _of(patient_id, "seen"))
        keys = tree.get("new")
        return frozenset(k for k in keys if isinstance(k, str)) if isinstance(keys, list) else frozenset()

    async def mark_seen(self, patient_id: str, keys: Iterable[str]) -> None:
        """The viewer opened these (REL-5); telling it twice changes nothing."""
        await self._send("POST", "seen", {"patient": patient_id, "keys": list(keys)})

    async def profile(self, patient_id: str) -> Profile:
        """DEERS-1, MSG-2."""
        return translate.profile(await self._get(shapes.Profile, _of(patient_id, "profile")))

    async def access_log(self, patient_id: str, before: str) -> AccessPage:
        """AUD-1; `before` is the `next` of the page before."""
        parameters = (("before", before),) if before else ()
        page = await self._get(shapes.AccessLog, _of(patient_id, "access-log"), parameters)
        return translate.access_page(page)

    async def grant(self, receiver: str, scope: Access, until: date | None) -> Grant:
        """FAM-5; a new idempotency key each time, as the person meant each."""
        body = {
            "receiver": receiver,
            "scope": scope.name.lower(),
            "until": until.isoformat() if until else None,
        }
        answer = await self._send("POST", "family/grants", body, {"Idempotency-Key": str(uuid.uuid4())})
        return translate.grant(_shaped(shapes.Grant, answer))

    async def revoke(self, grant_id: str) -> None:
        """FAM-5."""
        await self._send("DELETE", f"family/grants/{quote(grant_id, safe='')}", None)

    async def _get(self, shape: type[S], path: str, parameters: tuple[tuple[str, str], ...] = ()) -> S:
        answer = await self._bearer.send(Ask("GET", f"{self._base}/{path}", params=parameters, headers=_ACCEPT))
        return _shaped(shape, answer)

    async def _json(self, method: str, path: str) -> dict[str, Any]:
        answer = await self._bearer.send(Ask(method, f"{self._base}/{path}", headers=_ACCEPT))
        try:
            tree = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise unreadable(answer) from None
        if not isinstance(tree, dict):
            raise unreadable(answer)
        return tree

    async def _send(self, method: str, path: str, body: object, headers: dict[str, str] | None = None) -> Answer:
        content = msgspec.json.encode(body) if body is not None else None
        ask = Ask(method, f"{self._base}/{path}", headers=_ACCEPT | (headers or {}), json=content)
        return await self._bearer.send(ask)


def _of(patient_id: str, what: str) -> str:
    return f"patients/{quote(patient_id, safe='')}/{what}"


def _shaped(shape: type[S], answer: Answer) -> S:
    try:
        return shape.model_validate_json(answer.body)
    except (ValidationError, RecursionError):
        raise unreadable(answer) from None
