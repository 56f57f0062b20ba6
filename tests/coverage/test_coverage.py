"""Nothing of a resource is dropped unseen: each leaf shows, or is on the list of what is left out on purpose."""

import random
import tomllib
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from tests.coverage.leaves import Body, Shown, leaves
from tests.coverage.plants import planted, replaced
from tests.coverage.resources import SMALLEST, SOURCES, WORLD, every
from tests.coverage.shown import RESULTS, places_of

LIST = Path(__file__).with_name("left_out.toml")
MOST = 150
ANY_TYPE = ("meta.", "language", "implicitRules", "extension.url", "coding.system", "coding.version")
"""What may be left out of every type alike."""
MODIFIERS = (
    *("modifierExtension", "status", "clinicalStatus", "verificationStatus", "lifecycleStatus", "docStatus", "intent"),
    *(
        "doNotPerform",
        "isSubpotent",
        "comparator",
        "implicitRules",
        "wasNotGiven",
        "notDone",
        "inactive",
        "statusReason",
    ),
)
"""Elements that change what others mean (R4, "Is-Modifier"), by their last name."""
MANY = 300
"""Results of one person from which the short run leaves them alone."""
PATHS_SEEN = 2
"""Resources of the short run in which a path must have been seen."""
pytestmark = pytest.mark.skipif(not SOURCES, reason="the shared FHIR files are not beside this repository")
EVERYWHERE = (*SOURCES, WORLD, SMALLEST)
Owned = tuple[str, Body]


@cache
def left_out() -> dict[str, str]:
    """Path -> why."""
    groups = tomllib.loads(LIST.read_text())["left_out"]
    return {path: group["why"] for group in groups for path in group["paths"]}


@cache
def entry_for(path: str) -> str:
    """The entry of the list that a path is left out by; empty where it must show."""
    rest = path.partition(".")[2]
    whole = (path, f"*.{rest}", *(f"*.{tail}" for tail in ANY_TYPE if rest.endswith(f".{tail}")))
    return next((one for one in whole if one in left_out()), "")


@cache
def sample(source: str) -> list[Owned]:
    """Resources in which every path of a source is found, as few as can be."""
    seen: Counter[str] = Counter()
    chosen = []
    for patient, body in every(source):
        paths = {leaf.path for leaf in leaves(body)}
        if any(seen[path] < PATHS_SEEN for path in paths):
            seen.update(paths)
            chosen.append((patient, body))
    return chosen


def hidden(body: Body, patient: str, width: int = 80) -> set[tuple[str, str]]:
    """Of one resource: paths that a place does not show and that are not left out on purpose, with the place."""
    key = f"{body['resourceType']}/{body['id']}"
    places = [(one.name, Shown(one.text)) for one in places_of(patient, [body], width) if key in one.keys]
    told = [leaf for leaf in leaves(body) if not entry_for(leaf.path)]
    return {(leaf.path, name) for name, shown in places for leaf in told if not shown.has(leaf)}


@pytest.mark.parametrize("source", EVERYWHERE)
def test_every_leaf_shows_or_is_left_out_on_purpose(source: str) -> None:
    found: set[tuple[str, str]] = set()
    for n, (patient, body) in enumerate(sample(source)):
        found |= hidden(body, patient, width=40 if n % 5 == 0 else 80)
    assert sorted(found) == []


def test_each_entry_of_the_list_is_of_use_and_of_a_single_value() -> None:
    paths = {leaf.path for source in EVERYWHERE for _, body in sample(source) for leaf in leaves(body)}
    assert left_out().keys() - set(map(entry_for, paths)) == set()
    assert {path for path in paths for entry in left_out() if path.startswith(f"{entry}.")} == set()


@pytest.mark.parametrize("source", EVERYWHERE)
def test_whatever_stands_at_any_path_shows(source: str) -> None:
    """Each leaf is another than any that was ever seen, so that none is said by chance."""
    found: set[tuple[str, str]] = set()
    for patient, body in sample(source):
        if not any(places_of(patient, [body])):
            continue
        other = replaced(body)
        assert any(places_of(patient, [other])), f"{body['resourceType']}/{body['id']} does not show any more"
        found |= hidden(other, patient)
    assert sorted(found) == []


@pytest.mark.parametrize("source", EVERYWHERE)
def test_elements_and_extensions_that_nobody_knows_show(source: str) -> None:
    chance = random.Random(source)
    lost = []
    for patient, body in sample(source):
        other, said, where = planted(body, chance)
        for place in places_of(patient, [other]):
            shown = Shown(place.text)
            lost += [(where, word, place.name) for word in said if not shown.says(word)]
    assert lost == []


def _of_everybody(source: str) -> list[tuple[str, list[Body]]]:
    """The results of each person, but where two have one id, as in files that were written apart."""
    found: dict[str, list[Body]] = defaultdict(list)
    for patient, body in every(source):
        if body["resourceType"] in RESULTS:
            found[patient].append(body)
    alone = {
        whose: bodies for whose, bodies in found.items() if len({_key(one) for one in bodies}) == len(bodies) < MANY
    }
    return sorted(alone.items(), key=lambda pair: len(pair[1]))


def _key(body: Body) -> str:
    return f"{body['resourceType']}/{body['id']}"


def _together(patient: str, bodies: list[Body]) -> set[tuple[str, str]]:
    """Paths of results that no row shows which stands for their resource; rows stand for several."""
    texts: dict[tuple[str, str], list[Shown]] = defaultdict(list)
    for place in places_of(patient, bodies):
        shown = Shown(place.text)
        for key in place.keys:
            texts[key, place.name].append(shown)
    found = set()
    for body in bodies:
        key = _key(body)
        for (named, place_name), shown in texts.items():
            if named == key:
                found |= {
                    (leaf.path, place_name)
                    for leaf in leaves(body)
                    if not entry_for(leaf.path) and not any(one.has(leaf) for one in shown)
                }
    return found


@pytest.mark.parametrize("source", EVERYWHERE)
def test_results_that_stand_together_show_all_of_each(source: str) -> None:
    people = _of_everybody(source)
    for patient, bodies in (*people[len(people) // 2 :][:1], *people[-1:]):
        assert sorted(_together(patient, bodies)) == []


@pytest.mark.long
@pytest.mark.parametrize("source", EVERYWHERE)
def test_every_leaf_of_every_resource_shows(source: str) -> None:
    found: set[tuple[str, str]] = set()
    for patient, body in every(source):
        found |= hidden(body, patient)
    assert sorted(found) == []


def test_the_list_leaves_out_no_more_than_it_may() -> None:
    listed = [path for group in tomllib.loads(LIST.read_text())["left_out"] for path in group["paths"]]
    assert len(listed) == len(set(listed)) <= MOST
    assert all(len(why.split()) > 5 for why in left_out().values())
    for path in listed:
        kind, _, rest = path.partition(".")
        assert kind != "*" or rest.startswith(ANY_TYPE), path
        assert not {"*", *MODIFIERS} & set(rest.split(".")), path
