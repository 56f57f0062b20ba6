"""Rules of scheduling: statuses, booking and requests, the grid of slots."""
