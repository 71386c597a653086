"""The simulator: the SDK's own workflow instances and the application's real activities, in one process, in virtual
time.

::

    simulation.py            one seed, from the first caller to the last event
       client/               callers: start, signal, update, query, cancel, terminate
       server/               what a Temporal server does: histories, tasks, time-outs, retries
       worker/               what SDK Core and a worker process do: activations, commands, attempts, crashes
       surface.py            all that is private in the SDK
       kernel/               virtual time, one heap of events, one source of every choice

Imports go downwards. ``docs/simulator.md`` tells how it works and what it cannot see.
"""
