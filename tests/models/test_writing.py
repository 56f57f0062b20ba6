"""What keeps a draft from being sent, in words (MSG-3, REC-7)."""

from dataclasses import replace

import pytest

from genesis_tui.models.messages.drafts import Draft, MessageLimits, faults

WHOLE = Draft("1", "2", recipient_id="3", category="other", subject="Iron", body="Is it low?")
QUOTE = "> Ferritin 8 ng/mL\n> 20 Nov 2026"


@pytest.mark.parametrize(
    ("body", "entry", "said"),
    [
        (f"\n\n{QUOTE}\n", "Observation/1", ("Write what is wrong with it.",)),
        (f"It is not mine.\n{QUOTE}\n", "Observation/1", ()),
        (f"\n\n{QUOTE}\n", "", ()),
        (" \n", "Observation/1", ("Write a message.",)),
    ],
)
@pytest.mark.rule("REC-7")
def test_a_correction_says_what_is_wrong(body: str, entry: str, said: tuple[str, ...]) -> None:
    assert faults(replace(WHOLE, body=body, entry=entry), MessageLimits()) == said
