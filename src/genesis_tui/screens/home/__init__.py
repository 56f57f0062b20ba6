"""Home: what is new since the last visit, for the whole family."""
