"""Patient Information, help, palette."""

import pytest

from genesis_tui.models.family import Access, FamilyMember, Profile
from genesis_tui.screens.family.profile import NO_PCM, profile_paras
from genesis_tui.screens.help.palette import Offer, fitting
from genesis_tui.widgets.virtual_list import VirtualList
from tests.screens.conftest import Start

DANIEL = "daniel.reyes"


@pytest.mark.rule("DEERS-1")
async def test_deers_data_shows_and_nothing_of_it_can_be_typed(start: Start) -> None:
    async with start(username=DANIEL) as stage:
        await stage.until(lambda: stage.app.people is not None)
        await stage.press("p")
        async for size in stage.sizes():
            await stage.expect("DEERS", "Name         Daniel Reyes", "Born", "DoD ID", "Address")
            if size[1] >= 24:
                await stage.expect("E-mail", "Phone", "milConnect")
            assert not stage.app.screen.query("Input")
            before = stage.text
            await stage.press("enter", "x", "space")
            assert stage.text == before


@pytest.mark.rule("DEERS-1")
async def test_the_page_scrolls_to_methods_and_access(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.until(lambda: stage.app.people is not None)
        await stage.press("p")
        await stage.expect("DoD ID")
        await stage.press("G")
        await stage.expect("Your access", "full access: your own record", "Premium")


@pytest.mark.rule("DEERS-1")
async def test_esc_goes_back_to_the_place_before(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.until(lambda: stage.app.people is not None)
        await stage.press("p")
        await stage.expect("DoD ID")
        await stage.press("escape")
        await stage.until(lambda: stage.app.current_mode == "home")


@pytest.mark.rule("MSG-2")
def test_nobody_linked_as_pcm_is_said_with_the_way_on() -> None:
    profile = Profile("Leo Reyes", "2011", "1", "male", (), "", "", "", None)
    leo = FamilyMember("4", 4, "Leo Reyes", "Leo", "Reyes", "son", 14, Access.LIMITED, "ages 12 to 17")
    paras = profile_paras(profile, leo, "")
    assert NO_PCM in [para.text for para in paras]
    assert [para.text for para in paras if para.label == "E-mail"] == ["None recorded"]
    assert [para.text for para in paras if para.label == "Your access"] == ["limited access: ages 12 to 17"]


async def test_help_lists_the_keys_of_the_screen_grouped(start: Start) -> None:
    async with start((120, 40), DANIEL) as stage:
        await stage.press("7")
        await stage.expect("n give access")
        await stage.press("question_mark")
        await stage.expect("Keys of this screen", "THIS SCREEN", "PLACES", "EVERYWHERE", "IN LISTS")
        await stage.expect("give somebody access to your record", "f5  .", "who to call")
        await stage.press("escape")
        await stage.until(lambda: len(stage.app.screen_stack) == 1)


async def test_a_remapped_key_shows_in_footer_help_and_works(start: Start) -> None:
    async with start((120, 40), DANIEL) as stage:
        stage.app.set_keymap({"family.give": "N", "app.family": "F"})
        await stage.press("7")
        await stage.expect("N give access", "F family")
        await stage.press("n")
        assert len(stage.app.screen_stack) == 1
        await stage.press("N")
        await stage.expect("Give access to your record")


async def test_the_palette_does_what_the_keys_do(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.expect("FAMILY")
        await stage.press("ctrl+p", *"go fam")
        await stage.expect("/ go fam", "Go to Family")
        await stage.press("enter")
        await stage.until(lambda: stage.app.current_mode == "family")


async def test_the_palette_chooses_the_best_match_and_lists_nothing_twice(start: Start) -> None:
    async with start((80, 24)) as stage:
        await stage.expect("SIGN IN WITH")
        await stage.press("question_mark")
        await stage.expect("Keys of this screen", "Sign in: DS Logon")
        await stage.press("escape", "ctrl+p", *"daniel", "enter")
        await stage.expect("FAMILY")
        await stage.press("2")
        await stage.expect("Lipid panel")
        await stage.press("enter", "ctrl+p")
        palette = stage.app.screen.query_one("#candidates", VirtualList)
        words = [one.text for one in palette.rows]  # type: ignore[attr-defined]
        assert len(words) == len(set(words))
        await stage.press("down", "down", "down", *"record")
        assert palette.current is palette.rows[0]
        await stage.press(*("backspace",) * 6, *"go to rec", "enter")
        await stage.until(lambda: stage.app.current_mode.startswith("record"))


def test_of_several_matches_the_best_comes_first() -> None:
    offers = [
        Offer(text, key, str) for text, key in (("Ask about the result", "a"), ("Results", "2"), ("Go to Results", "x"))
    ]
    assert [one.text for one in fitting(offers, "res")] == ["Results", "Go to Results", "Ask about the result"]
    assert [one.text for one in fitting(offers, "x")] == ["Go to Results"]


async def test_the_palette_opens_records_by_name(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.expect("FAMILY")
        await stage.press("ctrl+p", *"maya", "enter")
        await stage.until(lambda: "MAYA REYES" in stage.lines[0])


async def test_the_palette_changes_the_theme_at_once(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.expect("FAMILY")
        before = stage.app.screen.styles.background
        await stage.press("ctrl+p", *"theme: light", "enter")
        await stage.until(lambda: stage.app.theme == "light")
        await stage.until(lambda: stage.app.screen.styles.background != before)
        assert stage.app.paint.name == "light"


async def test_the_palette_before_signing_in_has_no_people_and_no_places(start: Start) -> None:
    async with start((80, 24)) as stage:
        await stage.expect("SIGN IN WITH")
        await stage.press("ctrl+p")
        await stage.expect("Commands", "Who to call", "Quit")
        assert "Open record" not in stage.text
        assert "Go to" not in stage.text
        assert "creenshot" not in stage.text


def test_offers_are_found_by_the_beginnings_of_their_words() -> None:
    offers = [Offer(text, "", lambda: None) for text in ("Sign out", "Go to Results", "Out of here")]
    assert [o.text for o in fitting(offers, "out")] == ["Out of here", "Sign out"]
    assert [o.text for o in fitting(offers, "re go")] == ["Go to Results"]
    assert fitting(offers, "zzz") == []
