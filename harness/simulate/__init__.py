"""The simulator at work on a whole application: a seed is a company, ends as a ``Record``, and is judged as a real run.

::

    campaign.py              many seeds, on all cores, resumable
       shrink.py  story.py   what is left of a failure, and how it is told
       once.py               one seed or plan: company → phases → Record → results
          phases.py          the phases of a run, in virtual time
          trouble.py         what goes wrong, noted; strikes.py tells the record
          binding.py         what a project brings, found by name

``docs/simulator.md`` tells how it works and what it cannot see.
"""
