"""The long runs: `python -m bench.soak.<name>`. CI runs the same code with small counts."""
