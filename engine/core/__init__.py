"""The decisions: what a command does to an instance.

Pure: no clock, no database, no randomness; time, ids and people come in as arguments.
"""
