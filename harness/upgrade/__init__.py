"""The last rung of the replay gate: an execution that the old code began, the new code ends.

A replay compares what the new code does with what an execution did. It never sees what the two do together: a patch
answers no for as long as a history is replayed, and yes from there on. Here the old code does the first *k* workflow
tasks of every execution and the new code all that follow, for every *k*, and how it ends must be an end that one of
them alone comes to.

::

    command line → campaign.py       companies, in processes
                     every_task.py   one company, for every k
                       ends.py       what is compared, and with what
                       earlier.py    the old code, in an interpreter of its own: host.py
                   on_server.py      a few executions on a real server: worker.py

The simulator tries every task because it costs a fraction of a second; a real server hands over some, so that it is the
SDK's own worker and a server's own history that say so, too.
"""
