"""Counts a patient's labs with PyPI fhirpy: run by its own environment, with base and patient as arguments.

The token comes by standard input, so that it stands in no list of processes. Prints the ids as JSON.
"""

import asyncio
import json
import sys

from fhirpy import AsyncFHIRClient


async def labs(base: str, patient: str, token: str) -> list[str]:
    """Ids of all labs, page by page."""
    client = AsyncFHIRClient(base, authorization=f"Bearer {token}")
    search = client.resources("Observation").search(patient=patient, category="laboratory").limit(10)
    return [lab["id"] for lab in await search.fetch_all()]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(labs(sys.argv[1], sys.argv[2], sys.stdin.readline().strip()))))
