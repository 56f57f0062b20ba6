"""What the bar drops as the window narrows, and what it never drops (MOCKUPS §1)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from genesis_tui.models.base.permission import Permission
from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.models.sign_in import Host, SignedIn, Trust
from genesis_tui.widgets.frame.bar import BarFacts, BarParts, Fetched, bar_parts, initialled

NOW = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
ME = SignedIn("1", "Daniel Reyes", "CAC", "Premium", "patient", "America/New_York", NOW, NOW)
LEO = FamilyMember("4", 4, "Leo Reyes", "Leo", "Reyes", "son", 14, Access.LIMITED, "ages 12 to 17")
FACTS = BarFacts(Host("127.0.0.1:8801", Trust.MOCK, ()), ME, LEO, 0, Fetched("ready", NOW))
ORDER = ("product", "address", "who", "level", "method")


def dropped(parts: BarParts) -> list[str]:
    gone = [name for name in ORDER if not getattr(parts, name)]
    return [*gone, "relation"] if parts.relation == parts.age else gone


def test_a_wide_bar_says_everything() -> None:
    parts = bar_parts(FACTS, 120)
    assert parts.banner() == "LEO REYES · son, 14 · limited access"
    assert parts.account() == "D. Reyes · CAC · Premium"
    assert (parts.product, parts.badge, parts.address, parts.fetched) == (
        "GENESIS",
        "MOCK",
        "127.0.0.1:8801",
        "✓ 09:42",
    )


def test_parts_go_in_the_order_of_the_design() -> None:
    seen = [dropped(bar_parts(FACTS, width)) for width in range(120, 60, -1)]
    full = [*ORDER, "relation"]
    assert all(gone == full[: len(gone)] for gone in seen)
    assert seen[0] == []
    assert len(seen[-1]) >= 4


@pytest.mark.rule("FAM-9")
@pytest.mark.parametrize("width", range(40, 161))
def test_name_age_access_badge_and_freshness_never_go(width: int) -> None:
    parts = bar_parts(FACTS, width)
    assert parts.name == "LEO REYES"
    assert "14" in parts.banner()
    assert "limited" in parts.banner()
    assert (parts.badge, parts.fetched) == ("MOCK", "✓ 09:42")
    assert parts.width(phone=width < 60) <= width


def test_offline_takes_fewer_words_before_a_name_is_cut() -> None:
    """40 is the narrowest window that the app takes."""
    told = [bar_parts(FACTS._replace(fetched=Fetched("offline", NOW)), width) for width in (80, 48, 45, 40)]
    assert [one.fetched for one in told] == ["offline since 09:42", "offline 09:42", "offline", "offline"]
    assert [one.banner() for one in told[1:]] == ["LEO REYES · 14 · limited"] * 3


def test_on_a_phone_the_name_stays_whole_beside_what_a_basic_sign_in_opens() -> None:
    nadia = FamilyMember("9", 1, "Nadia Haddad", "Nadia", "Haddad", "you", 29, Access.LIMITED, "Basic")
    nadia = replace(nadia, can=(Permission("results.read", allowed=False, rule="ID-5"),))
    told = [bar_parts(BarFacts(FACTS.host, ME, nadia, 0, FACTS.fetched), width).banner() for width in (45, 80)]
    assert told == ["NADIA HADDAD · 29 · Basic", "NADIA HADDAD · your record · limited: Basic"]


def test_a_bar_without_a_patient_is_never_empty() -> None:
    """A locked app at the width of a phone."""
    parts = bar_parts(BarFacts(None, ME, None, 0, Fetched()), 45)
    assert (parts.product, parts.account()) == ("GENESIS", "D. Reyes · CAC · Premium")


def test_a_name_too_long_is_cut_with_an_ellipsis() -> None:
    long = FamilyMember("4", 4, "Maximiliana Wolfeschlegelstein", "M", "W", "daughter", 8, Access.FULL, "under 12")
    parts = bar_parts(BarFacts(FACTS.host, ME, long, 0, FACTS.fetched), 45)
    assert parts.name.startswith("MAXIMILIANA")
    assert parts.name.endswith("…")
    assert parts.width(phone=True) <= 45


def test_ones_own_record_keeps_the_age_when_the_relation_goes() -> None:
    own = FamilyMember("1", 1, "Daniel Reyes", "Daniel", "Reyes", "you", 38, Access.FULL, "your own record")
    facts = BarFacts(FACTS.host, ME, own, 0, FACTS.fetched)
    assert bar_parts(facts, 80).banner() == "DANIEL REYES · your record · full access"
    assert bar_parts(facts, 45).banner() == "DANIEL REYES · 38 · full"


def test_a_family_wide_screen_says_how_many() -> None:
    assert bar_parts(BarFacts(FACTS.host, ME, None, 4, Fetched()), 120).banner() == "FAMILY · 4 people"
    assert bar_parts(BarFacts(FACTS.host, ME, None, 1, Fetched()), 120).banner() == "FAMILY · 1 person"


@pytest.mark.parametrize(
    ("fetched", "words", "colour"),
    [
        (Fetched(), "", "muted"),
        (Fetched("fetching"), "↻", "muted"),
        (Fetched("ready", NOW), "✓ 09:42", "ok"),
        (Fetched("offline", NOW), "offline since 09:42", "abnormal"),
        (Fetched("offline"), "offline", "abnormal"),
    ],
)
def test_freshness_in_words_and_colour(fetched: Fetched, words: str, colour: str) -> None:
    assert (fetched.words(), fetched.word()) == (words, colour)


def test_nobody_signed_in_is_said() -> None:
    assert bar_parts(BarFacts(), 45).fetched == "not signed in"


def test_the_viewer_is_written_with_an_initial() -> None:
    assert initialled("Daniel Reyes") == "D. Reyes"
    assert initialled("Cher") == "Cher"
