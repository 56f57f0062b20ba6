"""One prescription in full: what it is, what can be done and why, how its refills get on (MOCKUPS §6)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from genesis_tui.models.base.dates import day
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.refills import wording
from genesis_tui.models.refills.get_more import Receipt
from genesis_tui.models.refills.prescription import Prescription, PrescriptionGroup, PrescriptionOrigin
from genesis_tui.screens.refills.tracking import Track, head_of, heading_of, notes_of, timeline, tracks_of
from genesis_tui.widgets.drawing.lines import spread
from genesis_tui.widgets.page import Drawn, Para, Shown, heading

_LABEL = 9


def detail(
    rx: Prescription, width: int, *, me: str, everything: bool, receipts: Iterable[Receipt] = (), zone: str = ""
) -> list[Shown]:
    """The whole page in `width` cells; `everything` tells of each refill and fill, else of the last.

    `me` and `zone`: who is signed in, and their zone.
    """
    page: list[Shown] = [Para(rx.drug, "bold")]
    if rx.sig:
        page.append(Para(rx.sig))
    page += [Para(), *_facts(rx), Para(), *_decisions(rx)]
    return [*page, *_tracking(rx, width, me, receipts, everything=everything, zone=zone)]


def tracking(
    rx: Prescription, width: int, *, me: str, everything: bool, receipts: Iterable[Receipt] = (), zone: str = ""
) -> list[Shown]:
    """The drug and how its refills get on, for a window in which the whole page would push that out of sight."""
    told = list(_tracking(rx, width, me, receipts, everything=everything, zone=zone))
    return [Para(rx.drug, "bold"), *(told or [Para(), Para(_nothing(rx), "muted")])]


def _nothing(rx: Prescription) -> str:
    if rx.origin is not PrescriptionOrigin.OURS:
        return "What is filled elsewhere is not known here."
    return "Nothing filled or requested yet." if rx.is_numbered else "No fill is on record."


def _facts(rx: Prescription) -> Iterator[Para]:
    supply = ", ".join(filter(None, (day(rx.written), f"{rx.days_supply} days" if rx.days_supply else "")))
    left = "" if rx.left is None else f"{rx.left} of {rx.repeats} left"
    none = "not yet" if rx.is_numbered else "none on record"
    filled = wording.day(rx.local(rx.last_fill).date()) if rx.last_fill else none
    kept = [word for word, holds in (("controlled", rx.controlled), ("refrigerated", rx.refrigerated)) if holds]
    facts = (
        ("For", rx.reason),
        ("By", rx.by),
        ("From", rx.partner),
        ("Written", supply),
        ("Amount", wording.amount(rx.quantity, rx.unit)),
        ("Expires", wording.day(rx.expires) if rx.expires else ""),
        ("Refills", left),
        ("Supply", wording.supply_text(rx) if rx.origin is PrescriptionOrigin.OURS and rx.last_fill else ""),
        ("Last fill", filled if rx.origin is PrescriptionOrigin.OURS else ""),
        ("Rx", rx.rx),
        ("Pharmacy", rx.pharmacy),
        ("Status", rx.status if rx.status != "active" else ""),
        ("Kept", f"{' and '.join(kept)}: not at a locker" if kept else ""),
    )
    return (Para(text, label=label, label_width=_LABEL) for label, text in facts if text)


def _decisions(rx: Prescription) -> Iterator[Shown]:
    """What can be done now, in the server's words; a reason that holds for both is said once."""
    yield heading("What can be done")
    refill, renew = rx.refill, rx.renew
    if rx.group is PrescriptionGroup.REFILL:
        yield Para("It can be refilled now.", "ok")
        yield from _refused("Renewal", renew)
    elif rx.group is PrescriptionGroup.RENEW:
        yield Para(f"It can be renewed. {renew.title}".rstrip(), "ok")
        yield from _refused("Refill", refill)
    elif (refill.title, refill.next) == (renew.title, renew.next):
        yield from _refused("", refill)
    else:
        yield from _refused("Refill", refill)
        yield from _refused("Renewal", replace(renew, next="") if renew.next == refill.next else renew)


def _refused(what: str, can: Permission) -> Iterator[Para]:
    words = " ".join(filter(None, (can.title, can.next)))
    if words:
        yield Para(f"{what}: {words}" if what else words)
    if can.rule:
        yield Para(f"Rule {can.rule}", "muted")


def _tracking(
    rx: Prescription, width: int, me: str, receipts: Iterable[Receipt], *, everything: bool, zone: str
) -> Iterator[Shown]:
    tracks = tracks_of(rx, receipts)
    if not tracks:
        return
    yield Para()
    title = "TRACKING: ALL" if everything else f"TRACKING: {heading_of(tracks[0])}"
    more = "" if len(tracks) == 1 else "t last" if everything else "t all"
    yield Drawn(spread([(title, "muted bold")], [(more, "muted")] if more else [], width))
    for number, track in enumerate(tracks if everything else tracks[:1]):
        if number:
            yield Para()
        yield from _track(rx, track, width, me, zone)


def _track(rx: Prescription, track: Track, width: int, me: str, zone: str) -> Iterator[Shown]:
    yield Para(head_of(rx, track), "muted")
    yield from (Drawn(line) for line in timeline(rx, track, width, me))
    yield from (Para(text, "muted") for text in notes_of(rx, track, zone))
