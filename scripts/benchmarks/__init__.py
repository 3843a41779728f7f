"""Measurements behind ``scripts/benchmark.py``: what is timed, against whom, and how it is told."""
