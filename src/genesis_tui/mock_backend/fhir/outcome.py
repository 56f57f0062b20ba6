"""Refusals and faults as OperationOutcome, with the rule and the reason in `details.coding` (WIRE)."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from genesis_tui.mock_backend.http.problems import challenge
from genesis_tui.mock_backend.rules.decision import Refused

REASONS = "https://genesis-tui.example/fhir/CodeSystem/reason"
RULES = "https://genesis-tui.example/fhir/CodeSystem/rule"
JSON = b"application/fhir+json"
UNSUPPORTED = "not-supported"

_ISSUES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: UNSUPPORTED,
    406: UNSUPPORTED,
    413: "too-long",
    415: UNSUPPORTED,
    422: "processing",
    501: UNSUPPORTED,
}


@dataclass(slots=True)
class FhirResponse:
    """One HTTP answer; `headers` without Content-Type and Content-Length."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    content_type: bytes = JSON

    def start(self) -> dict[str, Any]:
        """The ASGI message that begins the answer. Records are never kept by anything on the way."""
        fixed = [
            (b"content-type", self.content_type),
            (b"content-length", b"%d" % len(self.body)),
            (b"cache-control", b"no-store"),
        ]
        return {"type": "http.response.start", "status": self.status, "headers": fixed + self.headers}


def refusal(refused: Refused) -> FhirResponse:
    """The answer to what a rule refuses; a 401 says how to authenticate."""
    codings = [(RULES, refused.rule), (REASONS, refused.reason)]
    details: dict[str, Any] = {"text": refused.title}
    coding = [{"system": system, "code": code} for system, code in codings if code]
    if coding:
        details = {"coding": coding, **details}
    code = UNSUPPORTED if refused.reason == UNSUPPORTED else _ISSUES.get(refused.status, "exception")
    issue = {"severity": "error", "code": code, "details": details}
    if refused.next:
        issue["diagnostics"] = refused.next
    body = msgspec.json.encode({"resourceType": "OperationOutcome", "issue": [issue]})
    return FhirResponse(refused.status, body, _challenge(refused))


def unsupported(title: str, next_step: str = "", *, status: int = 501) -> Refused:
    """What a request for something that no server of this kind has is told."""
    return Refused("", UNSUPPORTED, title, next=next_step, status=status)


def bad_request(title: str, next_step: str = "") -> Refused:
    """What a request that cannot be understood is told (400)."""
    return Refused("", "invalid", title, next=next_step, status=400)


def _challenge(refused: Refused) -> list[tuple[bytes, bytes]]:
    if refused.status == 401:
        return [(b"www-authenticate", challenge(refused).encode())]
    if refused.status == 403 and not refused.rule:
        return [(b"www-authenticate", b'Bearer error="insufficient_scope"')]
    return []
