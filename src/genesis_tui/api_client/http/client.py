"""The one way out: every request is checked by HOST-1, bounded in time and size, and retried only when that is safe."""

import asyncio
import codecs
import http.cookiejar
import ssl
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import httpcore  # noqa: F401  (httpx loads it with its first client, on the loop)
import httpx

from genesis_tui import __version__
from genesis_tui.api_client.http import bounds, hosts
from genesis_tui.api_client.http.body import ASKED, read_body
from genesis_tui.models.base.errors import NOT_SENT, BadAnswer, HostRefused, TimedOut, Unreachable
from genesis_tui.sanitize import one_line

USER_AGENT = f"genesis-tui/{__version__} (unofficial client)"
PATIENCE = httpx.Timeout(20.0, connect=8.0)
WHOLE = 60.0
"""Seconds for one answer from first byte to last, however slowly it drips."""
LONGEST_WAIT = 10.0
"""Seconds that Retry-After may make a request wait before the person is asked to."""
_PASSING = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Response:
    """What a server said. `headers` have lower-case names."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    request_id: str

    @property
    def json(self) -> bytes:
        """The body without the byte order mark that some servers put before JSON (RFC 8259, 8.1)."""
        return self.body.removeprefix(codecs.BOM_UTF8)

    @property
    def kind(self) -> str:
        """The media type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `form`, `json` and `body` exclude each other; `token` goes into the Authorization header."""

    method: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    json: bytes | None = None
    body: bytes | None = None
    """A file."""
    token: str = ""
    seconds: float = 0.0
    """From first byte to last; 0 is `WHOLE`."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who vouches for the server; read from the TLS connection."""

    issuer: str
    sha256: str


class _PassingError(Exception):
    """An answer that says "not now"; carries it so that the last one can still be read."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.status)
        self.answer = answer


class HttpClient:
    """Connections to servers that HOST-1 allows; one TLS context, no cookies, no redirects, no proxies."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        trusted: frozenset[tuple[str, int]],
        secured: Callable[..., httpx.AsyncClient] | None,
    ) -> None:
        """Made by `HttpClient.open`.

        `secured` makes the client for https, given `verify`; None where one does for both.
        """
        self._client = client
        self._make_secured = secured
        self._secured: httpx.AsyncClient | None = None
        self._securing = asyncio.Lock()
        self.trusted = trusted
        self.certificate: Certificate | None = None
        self.heard: Callable[[Request, Response], None] | None = None
        """Told every answer to a GET or HEAD."""

    @classmethod
    async def open(
        cls, *, trusted: frozenset[tuple[str, int]] = frozenset(), transport: httpx.AsyncBaseTransport | None = None
    ) -> "HttpClient":
        """Build the client for http, which trusts no certificate; the one for https is built when it is needed."""
        client = partial(
            httpx.AsyncClient,
            transport=transport,
            follow_redirects=False,
            trust_env=False,
            timeout=PATIENCE,
            cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": ASKED},
        )
        none = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return cls(client(verify=none), trusted, None if transport else client)

    async def send(self, ask: Request) -> Response:
        """The answer, whatever its status; GET and HEAD are tried again on passing trouble, nothing else is.

        Raises:
            HostRefused: before a byte is sent, or when the server wants to send us elsewhere.
            Unreachable, TimedOut: no whole answer came.
            BadAnswer: the answer is larger than it may be, or packed otherwise than asked for.
        """
        hosts.check(ask.url, trusted=self.trusted)
        if ask.method not in ("GET", "HEAD"):
            return await self._once(ask)
        try:
            answer = await self._taken(ask)
        except (_PassingError, Unreachable) as trouble:
            try:
                answer = await self._tried_again(ask, trouble)
            except _PassingError as passing:
                return passing.answer
        if self.heard is not None:
            self.heard(ask, answer)
        return answer

    async def close(self) -> None:
        await self._client.aclose()
        if self._secured is not None:
            await self._secured.aclose()

    async def _tried_again(self, ask: Request, trouble: Exception) -> Response:
        """Up to two more tries, where the trouble of the first may pass. Raises what the last one raised."""
        import stamina  # here, as most commands have no trouble (P14)

        stamina.instrumentation.set_on_retry_hooks(())  # they log, and what is logged lands on the terminal
        first: Exception | None = trouble
        async for attempt in stamina.retry_context(
            on=_wait_before_retry, attempts=3, timeout=None, wait_initial=0.2, wait_max=2.0, wait_jitter=0.2
        ):
            with attempt:
                if first is not None:
                    error, first = first, None
                    raise error
                answer = await self._taken(ask)
        return answer

    async def _taken(self, ask: Request) -> Response:
        answer = await self._once(ask)
        if answer.status in _PASSING:
            raise _PassingError(answer)
        return answer

    async def _once(self, ask: Request) -> Response:
        request = self._build(ask)
        client = await self._client_for(request.url)
        try:
            async with asyncio.timeout(ask.seconds or WHOLE):
                return await self._exchange(client, request)
        except (httpx.TimeoutException, TimeoutError) as error:
            reason = NOT_SENT if isinstance(error, httpx.ConnectTimeout) else ""
            words = "Try again; if it stays so, the server or the network is slow."
            raise TimedOut(next=words, reason=reason) from error
        except httpx.TransportError as error:
            reason = NOT_SENT if isinstance(error, httpx.ConnectError) else ""
            words = "Check the network and the address, then try again."
            raise Unreachable(detail=_cause(error), next=words, reason=reason) from error

    async def _client_for(self, url: httpx.URL) -> httpx.AsyncClient:
        """The TLS context is built in a thread, and for https alone, as it takes longer than a frame."""
        if url.scheme != "https" or self._make_secured is None:
            return self._client
        async with self._securing:
            if self._secured is None:
                context = await asyncio.to_thread(ssl.create_default_context)
                self._secured = self._make_secured(verify=context)
            return self._secured

    def _build(self, ask: Request) -> httpx.Request:
        headers = {"X-Request-Id": str(uuid.uuid4()), **ask.headers}
        if ask.token:
            headers["Authorization"] = f"Bearer {ask.token}"
        if ask.json is not None:
            headers["Content-Type"] = "application/json"
        if ask.body is not None:
            headers["Content-Type"] = "application/octet-stream"
        if not all(map(bounds.sendable, headers.values())):
            raise BadAnswer("The server issued something that can't be sent back to it.", next="Sign in again.")
        content = ask.body if ask.json is None else ask.json
        return self._client.build_request(
            ask.method, ask.url, params=ask.params or None, headers=headers, data=ask.form, content=content
        )

    async def _exchange(self, client: httpx.AsyncClient, request: httpx.Request) -> Response:
        response = await client.send(request, stream=True)
        try:
            self._note_certificate(response)
            body = await read_body(response)
        finally:
            await response.aclose()
        request_id = one_line(response.headers.get("x-request-id", request.headers["X-Request-Id"]))[:80]
        if response.is_redirect:
            raise _not_followed(request_id)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Response(response.status_code, body, headers, request_id)

    def _note_certificate(self, response: httpx.Response) -> None:
        stream = response.extensions.get("network_stream")
        secured = stream.get_extra_info("ssl_object") if stream and self.certificate is None else None
        if secured is not None:
            self.certificate = _certificate(secured)


def _wait_before_retry(error: Exception) -> bool | timedelta:
    if isinstance(error, _PassingError):
        wait = error.answer.headers.get("retry-after", "")
        if not wait:
            return True
        seconds = bounds.retry_after(wait)
        return timedelta(seconds=seconds) if seconds is not None and seconds <= LONGEST_WAIT else False
    return isinstance(error, Unreachable) and not isinstance(error, TimedOut)


def _not_followed(request_id: str) -> HostRefused:
    return HostRefused(
        "The server wants to send us to another address; nothing was sent there.",
        detail="Redirects are not followed, because they could lead credentials elsewhere.",
        next="Check the address in your profile against the one that the portal itself names.",
        rule="HOST-1",
        reason="host-refused",
        request_id=request_id,
    )


def _cause(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.ConnectError):
        return one_line(f"No connection: {error}" if str(error) else "No connection.")
    return "The connection broke before the answer was whole."


def _certificate(secured: ssl.SSLObject) -> Certificate:
    import hashlib

    peer: Mapping[str, object] = secured.getpeercert() or {}
    rows = peer.get("issuer", ())
    names = {key: value for row in rows if isinstance(row, tuple) for key, value in row} if rows else {}  # type: ignore[attr-defined]
    digest = hashlib.sha256(secured.getpeercert(binary_form=True) or b"").hexdigest().upper()
    issuer = names.get("commonName") or names.get("organizationName") or "an unnamed authority"
    return Certificate(one_line(str(issuer)), ":".join(digest[i : i + 2] for i in range(0, len(digest), 2)))
