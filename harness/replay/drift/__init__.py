"""What SDK Core takes for the same and is not: arguments, timers, time-outs, policies, results.

Data flow: commands that were seen, events of the history → ``pairs`` → both as plain ``fields`` (``defaults`` are what
the server fills in) → ``compare`` → ``Drift``.
"""
