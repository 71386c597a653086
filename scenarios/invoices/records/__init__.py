"""A sealed record of a real run, kept to be damaged: what finds the damage, and what nothing can find.

``ten.py`` is the claim that was tried, ``record.py`` records it again, ``damage.py`` are the ways to damage it.
"""
