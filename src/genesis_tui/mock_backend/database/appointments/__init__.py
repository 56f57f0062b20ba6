"""Scheduling in the database: appointments, slots, requests, and what has changed."""
