"""Makes the corpus of the gate: histories from a server, of runs, or from files, each shape of them once.

Data flow: ``server`` or ``files`` → ``shape`` (what is alike) → ``keep`` (the smallest of each) → the corpus.
"""
