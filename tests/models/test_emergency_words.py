"""Words of an emergency in what a person writes (MSG-3)."""

import pytest

from genesis_tui.models.messages.drafts import MessageLimits

LIMITS = MessageLimits(emergency_words=("chest pain", "can't breathe", "kill myself"))


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("I have CHEST\n  pain", "chest pain"),
        ("I have che\u00adst\u200d pain", "chest pain"),
        ("chest-pain since noon", "chest pain"),
        ("I cant breathe", "can't breathe"),
        ("I can’t breathe", "can't breathe"),
        ("Subject\n> Call 911 if you have chest pain.\nI want to kill myself", "kill myself"),
        ("Subject\n> Call 911 if you have chest pain.\nI have none.", ""),
        ("My chest and the pain elsewhere", ""),
        ("", ""),
    ],
)
def test_own_words_count_however_they_are_written(text: str, word: str) -> None:
    assert LIMITS.emergency(text) == word
