"""Mail that comes in: from the bytes of one message to what is to become of it.

Pure, and safe with whatever somebody sends: what cannot be read is said to be so, and nothing is lost by it.
"""
