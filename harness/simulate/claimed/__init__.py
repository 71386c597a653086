"""A project that brings no more than a real run needs, simulated by its claims: each claim is a family.

::

    project.py        the claims as families; everything is imported anew for each simulation
       family.py      a claim's workload and checks, and the application's own activities
       baseline.py    the same company with nothing wrong: what its executions come to then

Data flow: claim, seed, choices → **simulation** → record → the claim's checks, and what is different with faults.
"""
