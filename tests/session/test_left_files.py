"""Files that no draft names any more go; what could still be named stays (MSG-6, MSG-9)."""

import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.session.messages.messaging import Messaging
from tests.session.test_drafts import begun, writer


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "list.txt"
    file.write_text("words")
    return file


def grow_old(state: Path, hours: float) -> None:
    for file in state.rglob("*.sealed"):
        then = time.time() - hours * 3600
        os.utime(file, (then, then))


def spoil(state: Path) -> None:
    [sealed] = state.rglob("draft-*.sealed")
    sealed.write_bytes(b"nothing that opens")


def kept_files(post: Messaging) -> list[str]:
    return [name for name in post.drafts._shelf.names() if name.startswith("file-")]


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize(("hours", "left"), [(23.9, 2), (24.1, 1)])
async def test_what_nothing_names_goes_after_a_day(
    mock: Mock, transport: httpx.ASGITransport, own_state: Path, paper: Path, hours: float, left: int
) -> None:
    async with writer(mock, transport) as (portal, post):
        draft = await begun(portal, post)
        await post.drafts.keep(await post.drafts.files.attach(draft, paper, post.limits))
        await post.drafts.files.attach(replace(draft, id=str(uuid.uuid4())), paper, post.limits)
        assert len(kept_files(post)) == 2
    grow_old(own_state, hours)
    async with writer(mock, transport) as (_, post):
        assert len(kept_files(post)) == left
        [kept] = post.drafts.kept()
        assert post.drafts.files.content(kept.files[0]) == b"words"


@pytest.mark.rule("MSG-9")
async def test_nothing_goes_where_a_draft_does_not_open(
    mock: Mock, transport: httpx.ASGITransport, own_state: Path, paper: Path
) -> None:
    async with writer(mock, transport) as (portal, post):
        await post.drafts.keep(await post.drafts.files.attach(await begun(portal, post), paper, post.limits))
    spoil(own_state)
    grow_old(own_state, 48)
    async with writer(mock, transport) as (_, post):
        assert (len(kept_files(post)), post.unopened, post.drafts.kept()) == (1, 1, ())
