"""`assay bench engines`: how many executions a second each engine runs of one workflow, side by side on this machine.

An engine is what brings a workflow from its first event to its last: the simulator, the dev server, and the servers
that skip time. All of them get the same workflow, the same activities on ports in memory and the same callers, through
``harness.simulate.binding.Bare``. Data flow: ``command`` → ``rig`` brings servers and ``player`` processes up →
``search`` for the best concurrency → ``table``.
"""
