"""The hands: what happens by itself, outside a person's command.

Each piece of work is one command through the runtime.
"""
