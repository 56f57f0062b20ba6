"""The peer of P9: the same query behind bare Starlette and SQLite, without sign-in, rules, links or paging.

`python -m bench.bare_server FILE` prints its port, and serves until it is ended.
"""

import socket
import sqlite3
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_QUERY = (
    "select body from resource where type = 'Observation' and patient_id = ? and category = 'laboratory' "
    "order by at desc, row desc limit 50"
)


def main(file: str) -> None:
    """Serves `GET …?patient=ID`."""
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)

    async def search(request: Request) -> Response:
        found = database.execute(_QUERY, (request.query_params["patient"],)).fetchall()
        entries = b",".join(b'{"resource":' + body + b"}" for (body,) in found)
        bundle = b'{"resourceType":"Bundle","type":"searchset","entry":[' + entries + b"]}"
        return Response(bundle, media_type="application/fhir+json")

    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    app = Starlette(routes=[Route("/fhir/r4/Observation", search)])
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[1])
