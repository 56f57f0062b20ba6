"""Clipboards: who may fill one in until when, which of its questions are asked, and what they add up to."""
