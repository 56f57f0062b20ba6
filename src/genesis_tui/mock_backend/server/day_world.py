"""The world of the day: built once, and opened as a file from then on."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from genesis_tui.mock_backend.world.base.stored import StoredWorld, WorldCache

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genesis_tui.mock_backend.admin.persona_rows import Rows

    Offer = Callable[[Mapping[str, Rows]], None]


def day_world(cache: WorldCache, seed: int, now: datetime, offer: "Offer") -> StoredWorld:
    """The world of a seed as it is today, from the cache where it is there.

    `offer` is given the rows of the people as soon as they are known. What had to be built is written behind the
    caller's back, in a thread that the end of the process waits for.
    """
    kept = cache.read(seed, now)
    if kept is not None:
        offer(kept.rows)
        return kept
    made = _built(seed, now, offer)
    threading.Thread(target=cache.write, args=(seed, made)).start()
    return made


def _built(seed: int, now: datetime, offer: "Offer") -> StoredWorld:
    from genesis_tui.mock_backend.rules.policy import Policy
    from genesis_tui.mock_backend.world.build import build_world, day_of

    policy = Policy()
    since, until = day_of(now)
    world = build_world(seed=seed, start=since, policy=policy)
    offer(world.rows)
    from genesis_tui.mock_backend.world.base.load import stored

    return stored(world, since, until, policy)
