"""Clipboards of a session: kept here first, resumed, compared, and handed in; and every questionnaire of others."""

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.database.record.clipboards import add_clipboard
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.models.appointments.clipboards.editing import answered, once_more
from genesis_tui.models.appointments.clipboards.form import AskedItem, laid_out, missing, questions_asked, unasked
from genesis_tui.models.appointments.clipboards.questions import (
    Amount,
    Answers,
    Clipboard,
    ClipboardConflict,
    Coded,
    Filling,
    QuestionKind,
    Unread,
    Value,
)
from genesis_tui.models.base.errors import ApiError, Refused
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.portal import Portal
from tests.gate.judge import gate, judge_resources
from tests.session.faulty_link import FaultyLink
from tests.session.test_outbox import signed_in, without_pauses

__all__ = ["without_pauses"]
SHARED = Path(os.environ.get("GENESIS_SHARED", Path(__file__).parents[3] / "shared")) / "data/fhir"
MISSED = (("symptoms", 0), ("missed", 0))


@pytest.fixture
def link(mock: Mock) -> FaultyLink:
    return FaultyLink(httpx.ASGITransport(create_app(mock)))


@asynccontextmanager
async def daniel(mock: Mock, link: FaultyLink) -> AsyncIterator[tuple[Portal, Messaging]]:
    async with signed_in(mock, link, "daniel.reyes") as portal:
        post = await portal.messaging()
        post.outbox.pauses = (0.0, 0.0, 0.01)
        yield portal, post


async def asthma(portal: Portal, post: Messaging) -> Filling:
    maya = (await portal.family.load()).find("maya")[0]
    rows = (await post.clipboards.load(maya.id)).rows
    return await post.clipboards.begin(next(one for one in rows if one.title == "Asthma follow-up"))


def saying(filling: Filling, *values: Value) -> Filling:
    return replace(filling, answers=answered(filling.answers, MISSED, values))


@pytest.mark.rule("CLIP-1")
async def test_what_was_typed_without_the_network_is_there_again_and_goes_later(mock: Mock, link: FaultyLink) -> None:
    async with daniel(mock, link) as (portal, post):
        filling = await asthma(portal, post)
        takes = filling.answers.values[("medicines", 0), ("takes", 0)]
        assert any(isinstance(one, Coded) and "Albuterol" in one.display for one in takes), "from the record"
        kept = await post.clipboards.keep(saying(filling, True))
        link.down = True
        with pytest.raises(ApiError):
            await post.clipboards.keep_on_server(kept)
    link.down = False
    async with daniel(mock, link) as (portal, post):
        again = await asthma(portal, post)
        assert (again.answers, again.on_server) == (kept.answers, False)
        done = await post.clipboards.keep_on_server(again)
        assert isinstance(done, Filling)
        assert (done.on_server, (await asthma(portal, post)).clipboard.answers) == (True, kept.answers)
        assert await post.clipboards.keep_on_server(done) == replace(done, saved=(await asthma(portal, post)).saved)


@pytest.mark.rule("CLIP-1")
async def test_what_was_changed_elsewhere_is_compared(mock: Mock, link: FaultyLink) -> None:
    async with daniel(mock, link) as (portal, post):
        mine = saying(await asthma(portal, post), True)
        async with signed_in(mock, link, "elena.reyes") as other:
            hers = await other.messaging()
            await hers.clipboards.keep_on_server(saying(await asthma(other, hers), False))
        conflict = await post.clipboards.keep_on_server(mine)
        assert isinstance(conflict, ClipboardConflict)
        assert conflict.theirs.answers.values[MISSED] == (False,)
        assert (await post.clipboards.settle(conflict, mine=False)).answers.values[MISSED] == (False,)
        settled = await post.clipboards.settle(conflict, mine=True)
        assert (settled.answers.values[MISSED], settled.version) == ((True,), 2)


@pytest.mark.rule("CLIP-1", "CLIP-2")
async def test_it_is_handed_in_once_and_leaves_nothing_here(mock: Mock, link: FaultyLink, own_state: Path) -> None:
    async with daniel(mock, link) as (portal, post):
        filling = await post.clipboards.keep(saying(await asthma(portal, post), Unread("well, sometimes")))
        with pytest.raises(Refused) as refused:
            await post.clipboards.submit(filling)
        assert (refused.value.rule, refused.value.reason) == ("CLIP-2", "required-missing")
        assert [*own_state.rglob("clipboard-*")], "it is still here"  # noqa: ASYNC240 - a test may wait
        submitted = await post.clipboards.submit(replace(filling, answers=complete(filling.clipboard)))
        assert submitted.by == "Daniel Reyes"
        assert not [*own_state.rglob("clipboard-*")]  # noqa: ASYNC240 - a test may wait
        with pytest.raises(Refused, match="already-submitted"):
            await post.clipboards.submit(filling)
        again = await asthma(portal, post)
        assert (again.clipboard.submitted, again.on_server) == (submitted, True)


def complete(clipboard: Clipboard) -> Answers:
    """Every question with an answer, and each group that repeats twice."""
    answers = clipboard.answers or Answers()
    for _ in range(12):
        before, root = answers, laid_out(clipboard.questions, answers)
        for one in questions_asked(root):
            if not one.values:
                answers = answered(answers, one.path, [an_answer(one)])
        again = [one for one in root.within() if one.question.repeats and one.question.kind is QuestionKind.GROUP]
        for one in again:
            if one.path[-1][1] == 0 and answers.counts.get(one.path, 1) < 2:
                answers = once_more(answers, one.path)
        if answers == before:
            return answers
    raise AssertionError("it never ends")


def an_answer(one: AskedItem) -> Value:
    question = one.question
    if question.choices:
        return question.choices[-1].value
    unit = question.units[0] if question.units else Coded(display="weeks")
    lower = question.lower if isinstance(question.lower, int | float) else 1
    return {
        QuestionKind.BOOLEAN: True,
        QuestionKind.INTEGER: int(lower),
        QuestionKind.DECIMAL: float(lower),
        QuestionKind.DATE: "2026-11-14",
        QuestionKind.MOMENT: "2026-11-14T09:30:00-05:00",
        QuestionKind.TIME: "09:30:00",
        QuestionKind.URL: "https://example.org/",
        QuestionKind.CHOICE: Coded(display="whatever"),
        QuestionKind.QUANTITY: Amount(lower, unit.display, unit.system, unit.code),
    }.get(question.kind, "words")


def foreign() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(SHARED.glob("*/*Questionnaire*.json")):
        body = json.loads(path.read_bytes())
        if body.get("resourceType") == "Questionnaire":
            yield path.stem, body


async def test_every_questionnaire_of_others_can_be_filled_in_and_handed_in(
    mock: Mock, link: FaultyLink, tmp_path: Path
) -> None:
    if not SHARED.is_dir():
        pytest.skip("shared data: not there (GENESIS_SHARED)")
    known = dict(foreign())
    async with daniel(mock, link) as (portal, post):
        filling = await asthma(portal, post)
        patient, visit = filling.clipboard.patient_id, filling.clipboard.appointment_id
        with mock.database.begin() as conn:
            for name, body in known.items():
                body = {**body, "id": name}
                put_resource(conn, body, ResourceFacts(), now=mock.clock.micros(), policy=mock.policy)
                add_clipboard(conn, name, patient, visit, name)
        rows = (await post.clipboards.load(patient)).rows
        for row in rows:
            if row.title == "Well-child check":
                continue
            begun = await post.clipboards.begin(row)
            root = laid_out(row.questions, complete(row))
            assert {one.question.kind for one in unasked(root)} <= {QuestionKind.ATTACHMENT, QuestionKind.REFERENCE}
            assert missing(root) == []
            whole = replace(begun, answers=complete(row))
            kept = await post.clipboards.keep_on_server(whole)
            assert isinstance(kept, Filling)
            there = await post.clipboards.named(patient, row.id)
            assert there.answers == without_the_unasked(row, whole.answers), row.id
            await post.clipboards.submit(kept)
        found = [one for one in (await post.clipboards.load(patient)).rows if one.submitted is not None]
        assert {one.id for one in found} >= known.keys()
        with mock.database.begin() as conn:
            sql = "SELECT body FROM resource WHERE type = 'QuestionnaireResponse'"
            responses = [json.loads(body) for body in conn.exec_driver_sql(sql).scalars()]
    assert len(responses) > len(known)
    gate()
    assert judge_resources(responses, tmp_path).findings == ()


def without_the_unasked(row: Clipboard, answers: Answers) -> Answers:
    """What a server has of these answers: what is asked, and groups as often as something is in them."""
    root = laid_out(row.questions, answers)
    values = {one.path: one.given for one in root.within() if one.to_answer and one.given}
    counts = {}
    for one in root.within():
        if one.question.kind is QuestionKind.GROUP and one.path[-1][1] > 0 and any(o.given for o in one.within()):
            counts[(*one.path[:-1], (one.question.id, 0))] = one.path[-1][1] + 1
    return Answers(values, counts)
