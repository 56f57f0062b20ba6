"""Choosing a patient of a server that knows no family."""
