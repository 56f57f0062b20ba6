"""A person at the app who writes a message: types it letter by letter, and remembers when."""

import time
from pathlib import Path
from random import Random

from bench.soak.left import Message
from bench.soak.writer import subject_of, text_of
from bench.terminal import Terminal
from tests.e2e.conftest import PROGRAM, SPONSOR, SPONSORS_NAME, Server, Start, enter_as

SLOWEST = 0.06
"""Seconds between two letters."""


class TypingPerson:
    """At the form for a new message, with recipient, category and subject filled in."""

    def __init__(self, start: Start, server: Server, state: Path, seed: int) -> None:
        """Everything that is drawn is drawn from `seed`."""
        self.message = Message(subject_of(seed, 0), text_of(seed, 0))
        self._random = Random(seed)
        more = {"GENESIS_TUI_MOCK_TOKEN": server.tester_token, "XDG_STATE_HOME": str(state)}
        self.terminal: Terminal = start(PROGRAM, "--server", server.url, **more)
        enter_as(self.terminal, SPONSOR, SPONSORS_NAME, "New since")
        self._fill_in()

    def _fill_in(self) -> None:
        steps = (
            ("3", "", "n new"),
            ("n", "", "your PCM,"),
            ("enter", "", "Category ▌"),
            ("right", "", "1 of 7"),
            ("enter", "", "Subject ▌"),
            ("", self.message.subject, f"{len(self.message.subject)}/50"),
            ("tab", "", "Message ▌"),
        )
        for key, text, then in steps:
            self.terminal.press(*filter(None, [key]))
            self.terminal.type(text)
            self.terminal.expect(then)

    def type_for(self, seconds: float) -> None:
        """The message, for so long or until all of it is typed."""
        end = time.monotonic() + seconds
        for letter in self.message.text[len(self.message.keys) :]:
            self.message.keys.append(time.monotonic())
            self.terminal.press(letter)
            self._look_on(min(end, time.monotonic() + self._random.uniform(0.0, SLOWEST)))
            if time.monotonic() >= end:
                return

    def type_all(self) -> None:
        """The whole message, until its last letter is counted on the screen."""
        self.type_for(60.0)
        self.terminal.expect(f"{len(self.message.text)} of 10,000")

    def send(self, seconds: float) -> None:
        """Review it, send it, and look on for so long."""
        self.terminal.press("ctrl+r")
        self.terminal.expect("y send")
        self.message.kept = len(self.message.text)
        self.message.sending = True
        self.terminal.press("y")
        self._look_on(time.monotonic() + seconds)
        self.message.sent = "Sent to" in self.terminal.text

    def _look_on(self, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            self.terminal.read(left)
