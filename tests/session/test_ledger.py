"""The ledger: of every type what the server has of it, and what became of that (REC-8)."""

from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.dates import day
from genesis_tui.models.base.ledger import BESIDE, Ledger, LedgerLine, line_reasons, line_text
from genesis_tui.models.record import LEDGER, of_ledger
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from genesis_tui.testing.plugin import PortalFor
from tests.cases import KINDS, CaseServer, case, entry, opened, results

pytestmark = pytest.mark.rule("REC-8")
Body = dict[str, Any]
US = {"reference": "Patient/p1"}
PATIENT: Body = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Quill"}]}


def observation(id: str, category: str | None = "laboratory", **more: Any) -> Body:
    filed = {"category": [{"coding": [{"code": category}]}]} if category else {}
    body = {"resourceType": "Observation", "id": id, "status": "final", "subject": US, "code": {"text": f"Test {id}"}}
    return {**body, **filed, "valueString": "seen", "effectiveDateTime": "2026-03-04", **more}


def lines_of(ledger: Ledger) -> dict[str, LedgerLine]:
    return {line.type: line for line in ledger.lines}


async def ledger_of(server: CaseServer) -> dict[str, LedgerLine]:
    async with opened(server) as record:
        return lines_of(await record.ledger.load())


async def test_every_entry_that_came_is_shown_or_told_of() -> None:
    found = await ledger_of(
        CaseServer(
            [
                PATIENT,
                observation("lab"),
                observation("vital", "vital-signs"),
                observation("social", "social-history"),
                observation("strange", "a-code-that-nothing-knows"),
                observation("unfiled", None),
                observation("early", status="preliminary"),
                observation("wrong", status="entered-in-error"),
                observation("stopped", "vital-signs", status="cancelled"),
                observation("broken", status="sort-of"),
                observation("theirs", subject={"reference": "Patient/p12"}),
                {"resourceType": "Condition", "id": "c", "subject": US, "code": {"text": "Asthma"}},
            ]
        )
    )
    line = found["Observation"]
    assert (line.counted, line.given, line.shows) == (10, 10, 5)
    assert [(one.why, one.count, one.rule) for one in line.unreadable] == [("an invalid status", 1, "")]
    assert {(one.why, one.count, one.rule) for one in line.withheld} == {
        ("preliminary", 1, "REL-3"),
        ("entered in error", 1, "REL-3"),
        ("cancelled before there was a result", 1, ""),
        ("it is not of this patient", 1, "FAM-9"),
    }
    assert (line.left_out, line.missing) == ((), ())
    assert line_text(line) == "5 of 10"
    assert found["Condition"].whole
    assert line_text(found["Goal"]) == "none"


async def test_what_is_refused_is_named_and_the_rest_stays() -> None:
    """Case `refused-type`."""
    async with opened(CaseServer(case("refused-type"), refuse=["DocumentReference", "Goal"])) as record:
        *_, known = [page async for page in record.results.load()]
        assert sorted(row.title for row in known.rows) == ["Lab 0", "Lab 1", "Lab 2"]
        assert [(one.type, one.why) for one in known.missing] == [("DocumentReference", "Insufficient scope.")]
        found = lines_of(await record.ledger.load())
    assert (found["Observation"].shows, found["Observation"].whole) == (3, True)
    for kind in ("DocumentReference", "Goal"):
        assert not found[kind].whole
        assert "Insufficient scope" in line_reasons(found[kind])[0][1]


async def test_a_type_without_a_section_shows_under_other_and_those_not_offered_are_named() -> None:
    strange: Body = {
        "resourceType": "NutritionOrder",
        "id": "n",
        "patient": US,
        "status": "active",
        "dateTime": "2026-01-02",
        "oralDiet": {"type": [{"text": "Low sodium"}]},
    }
    kinds = [kind for kind in KINDS if kind != "Goal"] + ["NutritionOrder"]
    async with opened(CaseServer([PATIENT, strange], kinds=kinds)) as record:
        ledger = await record.ledger.load()
        one = await entry(record, "other", "NutritionOrder/n")
        assert (one.title, one.group, one.state) == ("Nutrition order", "Nutrition orders", "Active")
        assert day(one.at) == "2 Jan 2026"
        assert "Low sodium" in [said.text for said in record.entries.also(one)]
    line = lines_of(ledger)["NutritionOrder"]
    assert (line.counted, line.shows) == (1, 1)
    assert ledger.not_offered == ("Goal",)
    page = of_ledger(ledger)
    assert "Nutrition orders" in [row.title for row in page.rows]
    assert {row.section for row in page.rows} == {LEDGER.id}


async def test_everything_that_the_mock_counts_shows(portal_for: PortalFor, transport: httpx.ASGITransport) -> None:
    portal = await portal_for("daniel.reyes")
    record = await portal.open((await portal.family.load()).people[0])
    ledger = await record.ledger.load()
    lacking = {line.type: line_reasons(line) for line in ledger.lines if not line.whole}
    assert lacking == {"RelatedPerson": (("Left out", f"5: {BESIDE}"),)}
    assert sum(line.shows for line in ledger.lines) > 100


async def test_what_a_rule_closes_is_named_with_the_rule(portal_for: PortalFor, mock: Mock) -> None:
    portal = await portal_for("daniel.reyes")
    (teen,) = (await portal.family.load()).find("Leo")
    found = lines_of(await (await portal.open(teen)).ledger.load())
    assert {one.rule for one in found["Observation"].missing} == {"FAM-3"}
    assert found["Observation"].given == 0
    assert found["Immunization"].whole


class WithoutSeen(httpx.AsyncBaseTransport):
    """The mock, but for what is new to the viewer, which fails."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and request.url.path.endswith(("/seen", "/unseen")):
            return httpx.Response(500, request=request)
        return await self._inner.handle_async_request(request)


async def test_results_come_though_nobody_can_tell_what_is_new(
    mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str]
) -> None:
    portal = Portal(ServerProfile("test", mock.issuer), transport=WithoutSeen(transport), keep=False)
    await portal.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    record = await portal.open((await portal.family.load()).people[0])
    known = await results(record)
    assert (len(known.rows) > 50, known.new) == (True, frozenset())
    assert [one.what for one in record.results.still_new(known).missing] == ["what is new to you"]
    await portal.close()
