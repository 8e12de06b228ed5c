"""Measurements: what Heard costs beside hand-written SQL, and what else has a promised speed.

python -m bench [--quick]
"""
