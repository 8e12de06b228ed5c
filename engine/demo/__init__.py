"""A sample company for whoever looks at Heard for the first time: its stories as data, and the playing of
them.

The stories go through the same engine as a person's work, on a virtual clock; nothing is written past it.
"""
