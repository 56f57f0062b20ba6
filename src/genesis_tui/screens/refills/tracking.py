"""How a refill gets on: what it reached and when, where that was, and what is still to come (RX-6, MOCKUPS §6)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from genesis_tui.models.base.dates import clock, in_zone, weekday, zone_name
from genesis_tui.models.refills import wording
from genesis_tui.models.refills.get_more import Receipt
from genesis_tui.models.refills.prescription import Fill, Prescription, RefillRequest, RefillStage
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import left, wrap
from genesis_tui.widgets.drawing.lines import Line

DONE, NOW, AHEAD = "●", "◉", "○"
_WHAT = 17
_SAD = frozenset({"returned", "denied"})
_NEVER = datetime.min.replace(tzinfo=UTC)
UNTRACKED = "This pharmacy doesn't report further steps: call it"


@dataclass(frozen=True, slots=True)
class NotAskedFor:
    """What the server refused of a receipt: the way that was asked for, when, why, and by which rule."""

    way: str
    at: datetime
    why: str
    rule: str = ""


Track = RefillRequest | Fill | NotAskedFor
"""What a timeline tells of: a request with its stages, a fill that nobody asked for here, or what was refused."""


@dataclass(frozen=True, slots=True)
class TrackingText:
    """One step: its sign, words, time, and what stands under it; `link` joins it to the next one."""

    sign: str
    role: str
    what: str
    when: str
    under: tuple[str, ...]
    what_role: str = ""


def tracks_of(rx: Prescription, receipts: Iterable[Receipt] = ()) -> list[Track]:
    """Requests, fills without one, and what of the receipts was refused, newest first."""
    known = {one.id for one in rx.requests}
    found: list[Track] = [*rx.requests, *(fill for fill in rx.fills if fill.request not in known)]
    found += (track for receipt in receipts for track in _refused(rx, receipt))
    return sorted(found, key=_when, reverse=True)


def _refused(rx: Prescription, receipt: Receipt) -> Iterator[NotAskedFor]:
    for item in receipt.items:
        outcome = receipt.outcome(item)
        if item.prescription == rx.id and outcome is not None and not outcome.is_requested:
            yield NotAskedFor(str(receipt.way), receipt.asked, receipt.words(item), outcome.rule)


def _when(track: Track) -> datetime:
    return track.asked if isinstance(track, RefillRequest) else track.at or _NEVER


def heading_of(track: Track) -> str:
    """`LAST REFILL`, `RENEWAL`, `LAST FILL`, `NOT ASKED FOR`."""
    if isinstance(track, Fill):
        return "LAST FILL"
    if isinstance(track, NotAskedFor):
        return "NOT ASKED FOR"
    return "RENEWAL" if track.kind == "renewal" else "LAST REFILL"


def head_of(rx: Prescription, track: Track) -> str:
    """What a timeline is of, with the whole date."""
    if isinstance(track, RefillRequest):
        point = f" {symbols.get('dot')} {track.point.name}" if track.point else ""
        return wording.asked_words(rx, track) + point
    if isinstance(track, NotAskedFor):
        return f"{track.way.capitalize()} wanted {wording.weekday(rx.local(track.at).date())}"
    if track.at is None:
        return "Fill without a date"
    return f"Fill of {wording.weekday(rx.local(track.at, track.zone).date())}"


def timeline(rx: Prescription, track: Track, width: int, me: str) -> list[Line]:
    """The rows of one timeline in `width` cells; `me` is the name of whoever is signed in."""
    steps = list(_steps(rx, track, me))
    lines: list[Line] = []
    for number, step in enumerate(steps):
        last = number == len(steps) - 1
        link, link_role = (" ", "") if last else ("│", "sign ok") if step.sign == DONE else ("┆", "sign muted")
        lines.append(
            [
                (step.sign, step.role),
                ("  " + left(step.what, _WHAT) + " ", step.what_role),
                (step.when, step.what_role),
            ]
        )
        for text in step.under:
            lines += [[(link, link_role), ("  " + part, "muted")] for part in wrap(text, max(10, width - 3))]
    return lines


def notes_of(rx: Prescription, track: Track, zone: str = "") -> tuple[str, ...]:
    """What is said under a timeline; `zone`: that of the person signed in."""
    there = _clock_of(rx, track, zone)
    clocks = (f"Times at the pharmacy: {there}.",) if there else ()
    if not isinstance(track, RefillRequest) or track.tracks:
        return clocks
    phone = f", {track.point.phone}" if track.point is not None and track.point.phone else ""
    return (f"{UNTRACKED}{phone}.", *clocks)


def _clock_of(rx: Prescription, track: Track, zone: str) -> str:
    """The name of the pharmacy's zone, where its hours are not the viewer's own."""
    if not zone or (isinstance(track, Fill) and track.at is None):
        return ""
    at = rx.local(_when(track), "" if isinstance(track, NotAskedFor) else track.zone)
    return "" if at.utcoffset() == in_zone(at, zone).utcoffset() else zone_name(at)


def _steps(rx: Prescription, track: Track, me: str) -> Iterator[TrackingText]:
    if not isinstance(track, RefillRequest):
        yield _fill(rx, track) if isinstance(track, Fill) else _not_asked(rx, track)
        return
    for number, stage in enumerate(track.stages, start=1):
        here = number == len(track.stages) and _is_open(track)
        yield _reached(rx, track, stage, me, here=here)
    for code in track.ahead:
        yield _ahead(track, code)
    if track.kind == "renewal" and track.stage == "requested":
        yield TrackingText(AHEAD, "sign muted", "Decided", "", (f"{wording.provider(rx)} reviews the chart",), "muted")


def _is_open(track: RefillRequest) -> bool:
    return bool(track.ahead) or track.stage == "requested"


def _reached(rx: Prescription, track: RefillRequest, stage: RefillStage, me: str, *, here: bool) -> TrackingText:
    at = rx.local(stage.at, track.zone)
    role = "sign accent bold" if here else "sign abnormal" if stage.code in _SAD else "sign ok"
    when = f"{weekday(at)} {clock(at)}"
    words = wording.stage_words(stage.code)
    return TrackingText(NOW if here else DONE, role, words, when, _under(rx, track, stage, me), "bold" if here else "")


def _under(rx: Prescription, track: RefillRequest, stage: RefillStage, me: str) -> tuple[str, ...]:
    if stage.code == "requested":
        by = "by you" if track.by == me else f"by {track.by}" if track.by else ""
        days = f"{rx.days_supply} days" if rx.days_supply and track.kind == "refill" else ""
        note = f"“{stage.note}”" if stage.note else ""
        return tuple(filter(None, (", ".join(filter(None, (by, days))), note, f"request {track.id}")))
    carried = " ".join(filter(None, (stage.carrier, stage.number)))
    hours = _hours(rx, track) if stage.code == track.stage == "ready" else ""
    return tuple(filter(None, (stage.where, hours, carried, stage.note)))


def _hours(rx: Prescription, track: RefillRequest) -> str:
    """`Mon to Fri 08:00 to 17:00 CET`: when what is ready can be picked up, on the point's clock."""
    hours = track.point.week_text if track.point is not None else ""
    return f"{hours} {zone_name(rx.local(track.stages[-1].at, track.zone))}" if hours else ""


def _ahead(track: RefillRequest, code: str) -> TrackingText:
    if track.until is None or code != "picked-up":
        return TrackingText(AHEAD, "sign muted", wording.stage_words(code), "", (), "muted")
    by = f"by {wording.short_weekday(track.until)}"
    return TrackingText(AHEAD, "sign muted", wording.stage_words(code), by, ("then returned to stock",), "muted")


def _not_asked(rx: Prescription, track: NotAskedFor) -> TrackingText:
    at = rx.local(track.at)
    under = tuple(filter(None, (track.why, track.rule and f"rule {track.rule}, not asked for")))
    return TrackingText(DONE, "sign abnormal", "Refused", f"{weekday(at)} {clock(at)}", under)


def _fill(rx: Prescription, fill: Fill) -> TrackingText:
    if fill.at is None:
        return TrackingText(DONE, "sign ok", wording.stage_words(fill.stage), "", (fill.where,) if fill.where else ())
    at = rx.local(fill.at, fill.zone)
    days = f"{fill.days_supply} days" if fill.days_supply else ""
    under = tuple(filter(None, (", ".join(filter(None, (wording.amount(fill.quantity, fill.unit), days))), fill.where)))
    return TrackingText(DONE, "sign ok", wording.stage_words(fill.stage), f"{weekday(at)} {clock(at)}", under)
