"""Prescriptions, what was asked for and filled, and where fills are picked up."""
