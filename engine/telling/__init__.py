"""What happened to a case, in sentences: for the command line, the pages and whatever is printed.

Reads events, definitions and plain values; opens nothing and decides nothing.
"""
