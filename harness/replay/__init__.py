"""The replay of a run's histories: the code must still do what the histories say it did.

A *child* (`python -m harness.replay`) replays one share of the histories in a process of its own, started in the
version's folder, so that it is that version's code which is replayed. The *supervisor* shares the histories out, bounds
the time of each, and takes up the rest when a child hangs or dies.
"""
