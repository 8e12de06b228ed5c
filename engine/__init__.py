"""Heard: a workflow engine for customer communication that can be proved."""

__version__ = "0.1.0"
