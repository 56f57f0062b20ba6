"""The portal API (`/portal/v1`): what the server knows of the person, the family and whoever opened a record."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from genesis_tui.api_client.portal import decoding as shapes
from genesis_tui.api_client.portal import translate
from genesis_tui.api_client.portal.client import Calls, of_patient, shaped
from genesis_tui.models.family import Access, AccessPage, Family, FamilyMember, Grant, Profile
from genesis_tui.models.home import PersonNews
from genesis_tui.models.sign_in import ScriptSignIn, SignedIn


class PortalApi:
    """Calls in the name of the person signed in; each may raise what `Calls` raises."""

    def __init__(self, calls: Calls) -> None:
        """On the portal of one server."""
        self._calls = calls

    async def session(self) -> SignedIn:
        """Who is signed in."""
        return translate.signed_in(await self._calls.get(shapes.Session, "session"))

    async def lock(self) -> None:
        """SESS-2: no token of this sign-in works any more."""
        await self._calls.send("POST", "session/lock")

    async def sign_ins(self) -> tuple[ScriptSignIn, ...]:
        """SESS-4."""
        return translate.sign_ins(await self._calls.get(shapes.Grants, "session/grants"))

    async def end_sign_in(self, id: str) -> None:
        """SESS-4."""
        await self._calls.send("DELETE", f"session/grants/{quote(id, safe='')}")

    async def counts(self) -> tuple[int, int]:
        """How many results and messages are new, of everybody whose record is open."""
        found = await self._calls.get(shapes.Counts, "counts")
        return found.results, found.messages

    async def family(self) -> Family:
        """FAM-1 to FAM-6."""
        return translate.family(await self._calls.get(shapes.Family, "family"))

    async def news(self, person: FamilyMember) -> PersonNews:
        """What is new and what is coming for one person."""
        return translate.news(await self._calls.get(shapes.News, of_patient(person.id, "news")), person)

    async def unseen(self, patient_id: str) -> frozenset[str]:
        """Keys (`Type/id`) that the viewer has not opened yet (REL-5)."""
        seen = await self._calls.get(shapes.Unseen, of_patient(patient_id, "seen"))
        return frozenset(key for key in seen.new if isinstance(key, str))

    async def mark_seen(self, patient_id: str, keys: Iterable[str]) -> None:
        """The viewer opened these (REL-5); telling it twice changes nothing."""
        await self._calls.send("POST", "seen", {"patient": patient_id, "keys": list(keys)})

    async def profile(self, patient_id: str) -> Profile:
        """DEERS-1, MSG-2."""
        return translate.profile(await self._calls.get(shapes.Profile, of_patient(patient_id, "profile")))

    async def access_log(self, patient_id: str, before: str) -> AccessPage:
        """AUD-1; `before` is the `next` of the page before."""
        parameters = (("before", before),) if before else ()
        page = await self._calls.get(shapes.AccessLog, of_patient(patient_id, "access-log"), parameters)
        return translate.access_page(page)

    async def grant(self, receiver: str, scope: Access, until: date | None) -> Grant:
        """FAM-5; a new idempotency key each time, as the person meant each."""
        body = {
            "receiver": receiver,
            "scope": scope.name.lower(),
            "until": until.isoformat() if until else None,
        }
        answer = await self._calls.send("POST", "family/grants", body, once=True)
        return translate.grant(shaped(shapes.Grant, answer))

    async def revoke(self, grant_id: str) -> None:
        """FAM-5."""
        await self._calls.send("DELETE", f"family/grants/{quote(grant_id, safe='')}")
