"""Writing a message to the care team."""
