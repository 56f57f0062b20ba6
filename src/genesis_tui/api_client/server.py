"""One server, whole: its wire, its sign-in, its record and its portal. What a session holds on to."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from genesis_tui.api_client.connect import FoundServer, find, verified
from genesis_tui.api_client.http import hosts
from genesis_tui.api_client.http.client import HttpClient
from genesis_tui.api_client.offline import telling
from genesis_tui.api_client.portal.messages import interning
from genesis_tui.api_client.sign_in.bearer import Alone, Bearer
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.methods import offered_methods, sign_in
from genesis_tui.api_client.sign_in.request import CLIENT_ID, SignInRequest
from genesis_tui.api_client.sign_in.tokens import Tokens
from genesis_tui.api_client.testing import personas
from genesis_tui.models.base.errors import NotOffered
from genesis_tui.models.sign_in import Host, Trust
from genesis_tui.models.testing import Persona

if TYPE_CHECKING:
    import httpx

    from genesis_tui.api_client.fhir.client import FhirClient
    from genesis_tui.api_client.fhir.record.sections import FhirRecord
    from genesis_tui.api_client.fhir.results.patient_results import PatientResults
    from genesis_tui.api_client.offline import CachedResponse
    from genesis_tui.api_client.portal.appointments.clipboards.clipboards import PortalClipboards
    from genesis_tui.api_client.portal.appointments.scheduling import PortalAppointments
    from genesis_tui.api_client.portal.client import PortalClient
    from genesis_tui.api_client.portal.family import PortalFamily
    from genesis_tui.api_client.portal.home import PortalHome
    from genesis_tui.api_client.portal.messages.drafts import PortalDrafts
    from genesis_tui.api_client.portal.messages.threads import PortalThreads
    from genesis_tui.api_client.portal.record import PortalRecord
    from genesis_tui.api_client.portal.refills import PortalRefills
    from genesis_tui.api_client.portal.sign_in import PortalSignIn
    from genesis_tui.api_client.sign_in.accounts import AccountsApi
    from genesis_tui.models.family import Patient, PatientPage
    from genesis_tui.models.results.result import Result, Results


class Server:
    """Every call may raise `ApiError`; calls that need a sign-in raise SignedOut without one."""

    def __init__(self, wire: HttpClient, address: hosts.Address, found: FoundServer, client_id: str) -> None:
        """Made by `connect`."""
        self._wire = wire
        self._address = address
        self._found = found
        self._endpoints: Endpoints = found.endpoints
        self._base = found.base
        self._bearer = Bearer(wire, found.endpoints, client_id)
        self._bearer.open = not (self.has_portal or offered_methods(found.endpoints))
        self._offers = found.offers
        self._tester_token = ""

    @classmethod
    async def connect(
        cls,
        url: str,
        *,
        trust_host: bool = False,
        client_id: str = CLIENT_ID,
        transport: "httpx.AsyncBaseTransport | None" = None,
        keep: "Callable[[CachedResponse], None] | None" = None,
    ) -> "Server":
        """Check the address, then read what the server says of itself; no credentials are sent.

        `keep` is told what is read from now on, to keep it for reading offline.

        Raises:
            HostRefused: HOST-1, before a byte is sent.
            NotOffered: no FHIR R4 server answers there.
        """
        trusted = hosts.trusted_origin(url) if trust_host else frozenset()
        address = hosts.check(url, trusted=trusted)
        wire = await HttpClient.open(trusted=trusted, transport=transport)
        wire.heard = telling(keep) if keep is not None else None
        try:
            found = await find(wire, address)
        except BaseException:
            await wire.close()
            raise
        return cls(wire, address, found, client_id)

    @cached_property
    def _fhir(self) -> "FhirClient":
        """What reads records is not loaded while a sign-in screen waits (P3)."""
        from genesis_tui.api_client.fhir.client import FhirClient

        return FhirClient(self._wire, self._bearer, self._base, self._offers)

    @property
    def tokens(self) -> Tokens | None:
        """What the sign-in left in our hands."""
        return self._bearer.tokens

    def verify(self) -> Host:
        """HOST-2: the address and how it was verified."""
        return verified(self._address, self._found, self._wire.certificate, is_open=self.is_open)

    async def personas(self) -> tuple[Persona, ...]:
        """Invented people, on a loopback mock whose tester token this process was given."""
        if not self._endpoints.mock or self._address.trust is not Trust.LOOPBACK:
            return ()
        self._tester_token = self._tester_token or personas.take_token()
        if not self._tester_token:
            return ()
        return await personas.personas(self._wire, self._address.root, self._tester_token)

    async def authenticate(self, asking: SignInRequest) -> Tokens:
        """Sign in by the way that `asking` names; who asks and for what is added here.

        Raises:
            SignInRefused: with the rule; LOCK-*, DEERS-3, ID-2, ID-3.
            CardFault: a card that was to sign can't be used.
        """
        asking = replace(asking, client_id=self._bearer.client_id, audience=self._base, verified=self._address.issuer)
        tokens = await sign_in(self._wire, self._endpoints, asking)
        self._bearer.take(tokens, given=True)
        return tokens

    def take(self, tokens: Tokens | None) -> None:
        """Go on with a sign-in that was stored, or with none."""
        self._bearer.take(tokens)

    def on_refresh(self, saved: Callable[[Tokens], Awaitable[object]], alone: Alone | None = None) -> None:
        """Have the tokens told after each refresh; `alone` keeps other processes from renewing them meanwhile."""
        self._bearer.saved, self._bearer.alone = saved, alone

    async def sign_out(self) -> None:
        """Revoke; the tokens are gone from here whatever the server answers."""
        await self._bearer.revoke()

    async def revoke(self, refresh: str) -> None:
        """Have a sign-in of before ended, by its refresh token."""
        await self._bearer.revoke_token(refresh)

    @property
    def has_portal(self) -> bool:
        """Whether the server offers the portal API beside the record."""
        return bool(self._endpoints.portal_endpoint)

    @property
    def is_open(self) -> bool:
        """Whether it is read without a sign-in: it has no portal, and no sign-in that a person could do."""
        return self._bearer.open

    @property
    def known_open(self) -> bool:
        """Whether something was read there without a sign-in when it was found."""
        return self._found.open

    @property
    def accounts(self) -> "AccountsApi":
        """Registering and forgotten passwords, before anybody is signed in."""
        from genesis_tui.api_client.sign_in.accounts import AccountsApi

        return AccountsApi(self._wire, self._endpoints.account_endpoint.rstrip("/"))

    @property
    def sign_in(self) -> "PortalSignIn":
        """Whoever is signed in, and becoming Premium. Raises NotOffered: there is no portal."""
        from genesis_tui.api_client.portal.sign_in import PortalSignIn

        return PortalSignIn(self._portal())

    @property
    def family(self) -> "PortalFamily":
        """People, grants, profiles, and who opened a record. Raises NotOffered: there is no portal."""
        from genesis_tui.api_client.portal.family import PortalFamily

        return PortalFamily(self._portal())

    @property
    def home(self) -> "PortalHome":
        """What is new and what lies ahead. Raises NotOffered: there is no portal."""
        from genesis_tui.api_client.portal.home import PortalHome

        return PortalHome(self._portal())

    @property
    def record(self) -> "PortalRecord":
        """What the portal keeps beside the record, which is `fhir_record`. Raises NotOffered: there is no portal."""
        from genesis_tui.api_client.portal.record import PortalRecord

        return PortalRecord(self._portal())

    @property
    def threads(self) -> "PortalThreads":
        """Conversations and their folders. Raises NotOffered: there is no portal."""
        from genesis_tui.api_client.portal.messages.threads import PortalThreads

        return PortalThreads(self._portal())

    @property
    def drafts(self) -> "PortalDrafts":
        """Messages before they are sent: recipients, drafts, files, sending. Raises NotOffered: there is no portal."""
        from genesis_tui.api_client.portal.messages.drafts import PortalDrafts

        return PortalDrafts(self._portal())

    @property
    def appointments(self) -> "PortalAppointments":
        """Appointments. Raises NotOffered: there is no portal."""
        from genesis_tui.api_client.portal.appointments.scheduling import PortalAppointments

        return PortalAppointments(self._portal())

    @property
    def clipboards(self) -> "PortalClipboards":
        """What is filled in before visits. Raises NotOffered: there is no portal."""
        from genesis_tui.api_client.portal.appointments.clipboards.clipboards import PortalClipboards

        return PortalClipboards(self._portal())

    @property
    def refills(self) -> "PortalRefills":
        """Prescriptions and pick-up points. Raises NotOffered: there is no portal."""
        from genesis_tui.api_client.portal.refills import PortalRefills

        return PortalRefills(self._portal())

    def forget(self) -> None:
        """A record is closed: nothing of it stays decoded."""
        interning.forget()

    async def unseen(self, patient_id: str) -> frozenset[str]:
        """Keys of what the viewer has not opened yet (REL-5); nothing where no portal keeps them."""
        return await self.record.unseen(patient_id) if self.has_portal else frozenset()

    async def mark_seen(self, patient_id: str, keys: Iterable[str]) -> None:
        """The viewer opened these (REL-5); nobody is told where there is no portal."""
        if self.has_portal:
            await self.record.mark_seen(patient_id, keys)

    async def patient(self, id: str) -> "Patient":
        """One patient by id, for a server without a portal."""
        from genesis_tui.api_client.family import one

        return await one(self._fhir, id)

    def patients(self, text: str = "") -> "AsyncIterator[PatientPage]":
        """Patients of the server, a page at a time; with a text those whose name or id it means."""
        from genesis_tui.api_client import family as patients

        return patients.matching(self._fhir, text) if text.strip() else patients.everybody(self._fhir)

    def fill(self, chart: "PatientResults") -> "AsyncIterator[Results]":
        """Results, page by page."""
        from genesis_tui.api_client.fhir.results import load

        return load.fill(self._fhir, chart)

    async def text(self, chart: "PatientResults", result: "Result") -> "Result":
        """The result with its text, fetched when it is not there yet. What is no text is never fetched by this."""
        from genesis_tui.api_client.fhir.results import load

        return await load.read_text(self._fhir, chart, result)

    @property
    def fhir_record(self) -> "FhirRecord":
        """The record by section."""
        from genesis_tui.api_client.fhir.record.sections import FhirRecord

        return FhirRecord(self._fhir)

    async def close(self) -> None:
        await self._wire.close()

    def _portal(self) -> "PortalClient":
        """The portal takes longer to load than the sign-in screen may wait (P3): hence late."""
        from genesis_tui.api_client.portal.client import PortalClient

        if not self.has_portal:
            raise NotOffered(
                "This server offers a health record, and no portal beside it.", next="Results and Record work."
            )
        return PortalClient(self._bearer, self._endpoints.portal_endpoint.rstrip("/"))
