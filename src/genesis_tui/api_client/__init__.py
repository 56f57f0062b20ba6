import sys

# httpx loads click, rich and pygments for a command line of its own, longer than all the rest of it; where that module
# can't be imported, it goes without. Here, because every import of httpx by the client passes here first.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
