"""One of the processes that share a sign-in: it asks for the family at each line of input, and says how it went.

It writes the sign-in with a cheaper key than the product, as each round has the file opened by all and written by one:
the key would take nine tenths of the race, during which nothing races.
"""

import asyncio
import sys

from genesis_tui.models.base.errors import ApiError
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from genesis_tui.store import sealed

CHEAP = {"n": 2**10, "r": 8, "p": 1}


async def main(url: str) -> None:
    """`ok`, or the error, a line each; then it waits for the next."""
    sealed._COST.update(CHEAP)
    portal = Portal(ServerProfile("race", url))
    loop = asyncio.get_running_loop()
    try:
        told = "ok" if await portal.sign_in.resume(scripts=True) is not None else "nobody is signed in"
        print(told, flush=True)
        while await loop.run_in_executor(None, sys.stdin.readline):
            try:
                await portal.family.load()
            except ApiError as error:
                print(str(error), flush=True)
            else:
                print("ok", flush=True)
    finally:
        await portal.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
