"""A reply with what it answers in sight."""

from dataclasses import replace

import pytest
from textual import events

from genesis_tui.models.messages.drafts import DraftFile
from tests.screens.writing_app import Write, form, link, on_inbox, own_places, paste, reply, to, write

__all__ = ["link", "own_places", "write"]
THREAD, WORDS = "Blood pressure readings", "Thank you, that is useful."


async def test_the_conversation_stands_beside_the_answer(write: Write) -> None:
    async with write((120, 40)) as app:
        await to(app, THREAD)
        await reply(app)
        await app.expect("THE CONVERSATION", WORDS, "AFTER SENDING")
        await app.press("escape")
        await on_inbox(app)
        await app.press("n")
        await app.expect("AFTER SENDING")
        assert "THE CONVERSATION" not in app.text


@pytest.mark.parametrize("size", [(45, 50), (80, 24)])
async def test_what_is_answered_stands_over_the_answer_and_one_key_quotes_it(
    write: Write, size: tuple[int, int]
) -> None:
    async with write(size) as app:
        await to(app, THREAD)
        await reply(app)
        await app.expect(WORDS, "Dr. Anna Okafor")
        assert "Stay on lisinopril 10 mg and keep measuring" in " ".join(app.text.split()), "no line is cut"
        assert app.lines.index(app.line(WORDS[:20])) < app.lines.index(app.line("Message"))
        await app.press(*"Yes.", "ctrl+t", *"So")
        await app.until(lambda: form(app).draft.body.endswith("So"))
        said = form(app).draft.body
        assert said.startswith("Yes.\n> Fri 20 Nov 2026, Dr. Anna Okafor:\n> ")
        assert f"> {WORDS}" in said
        await app.pilot.resize_terminal(120, 40)
        await app.expect("THE CONVERSATION", WORDS)
        assert not form(app).query_one("#answered").display, "once is enough"
        await app.press("escape")
        await on_inbox(app)
        await app.press("n")
        await app.expect("Category")
        assert "quote" not in app.keys


async def test_the_cursor_stays_in_sight_when_the_terminal_shrinks(write: Write) -> None:
    async with write((120, 40)) as app:
        await to(app, THREAD)
        await reply(app)
        await paste(app, "\n".join(f"line {n}" for n in range(60)) + "\nthe end")
        await app.until(lambda: form(app).draft.body.endswith("the end"))
        await app.pilot.resize_terminal(80, 24)
        await app.expect("the end")


@pytest.mark.parametrize("field", ["#text", "#to"])
async def test_a_letter_with_alt_is_not_typed(write: Write, field: str) -> None:
    async with write() as app:
        await app.press("n")
        await app.expect("Not for emergencies")
        form(app).query_one(field).focus()
        app.app.post_message(events.Key("alt+x", "x"))
        await app.press("a")
        place = form(app).query_one(field)
        await app.until(lambda: getattr(place, "text", getattr(place, "value", "")) == "a")


async def test_files_that_do_not_fit_are_marked_and_counted(write: Write) -> None:

    async with write() as app:
        await app.press("n")
        await app.expect("0 of 4 files, 10 MiB in all")
        files = tuple(DraftFile(str(n), f"a-long-name-of-a-file-{n}.pdf", 1000) for n in range(4))
        form(app).changed(replace(form(app).draft, files=files))
        form(app).show_all()
        await app.expect("4 of 4 files, 10 MiB in all", "…")
        assert "…" in app.line("Attached")
