"""Scenarios: what a process should do, told as cases beside it, and run on a virtual clock.

Owns the reading, the running and the coverage of `processes/*.scenarios.yaml`. Knows no store and no real
time.
"""
