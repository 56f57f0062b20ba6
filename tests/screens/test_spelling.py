"""What a person writes is sent as it is spelled, also where that does not show."""

import pytest
from textual import events

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.sanitize import SPELLING, shown
from tests.screens.signed_in import BOTH_ENDS
from tests.screens.writing_app import (
    Size,
    Write,
    api,
    bodies,
    filled,
    form,
    link,
    on_inbox,
    own_places,
    paste,
    review,
    to,
    whole_dialog,
    write,
)

__all__ = ["link", "own_places", "write"]
PERSIAN, HEART = "می\u200cخواهم", "❤\ufe0f"


@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_joiners_and_emoji_arrive_and_do_not_show(mock: Mock, write: Write, size: Size) -> None:
    async with write(size) as app:
        await filled(app, body="So: ")
        form(app).query_one("#subject").value = f"Iron {PERSIAN}"
        await paste(app, f"{PERSIAN} {HEART}")
        await app.press("x")
        app.app.post_message(events.Key("zero_width_non_joiner", "\u200c"))
        await app.until(lambda: form(app).draft.body == f"So: {PERSIAN} {HEART}x\u200c")
        assert not set(app.text) & set(SPELLING)
        assert "⟨" not in app.text
        drafts = api(app).drafts
        await review(app)
        assert not set(whole_dialog(app)) & set(SPELLING)
        await app.press("y")
        await on_inbox(app)
        await app.until(lambda: any(PERSIAN in body for body in bodies(mock)))
        assert [body for body in bodies(mock) if PERSIAN in body] == [f"So: {PERSIAN} {HEART}x\u200c"]
        assert drafts.kept() == ()
        await app.press("right")
        await to(app, f"Iron {shown(PERSIAN)}")
        await app.press("enter")
        await app.until(lambda: "❤x" in app.text)
        assert not set(app.text) & set(SPELLING)
        assert "⟨" not in app.text


@pytest.mark.rule("MSG-9")
async def test_a_draft_comes_back_as_it_was_spelled(write: Write) -> None:
    async with write() as app:
        await filled(app, subject="a", body="b")
        form(app).query_one("#subject").value = f"{PERSIAN}\u00ad"
        await paste(app, HEART)
        await app.until(lambda: form(app).draft.body == f"b{HEART}")
        drafts, patient = api(app).drafts, form(app).draft.patient_id
        kept = await drafts.keep_on_server(await drafts.keep(form(app).draft))
        assert isinstance(kept, Draft)
        [there] = await drafts._api.drafts(patient)
        assert (there.subject, there.body) == (f"{PERSIAN}\u00ad", f"b{HEART}")
        assert not set(app.text) & set(SPELLING)
        assert kept.same_words(there)
