"""What the corpus of the gate has seen of what the code can do.

Data flow: the application → ``declared`` (signals, updates, activities, patches) · the corpus → ``seen`` → ``table``.
"""
