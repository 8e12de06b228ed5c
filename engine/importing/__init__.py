"""Cases from files of other systems: a map says which column becomes which field, and how far each row had
come.

Every step goes through the same commands as a person's work, at the times the source gives.
"""
