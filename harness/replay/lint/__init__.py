"""What the syntax tree of workflow code shows of non-determinism, without running it.

Data flow: the application's files → ``sources`` (which of them workflows run) → ``rules`` and ``flow`` (what must not
stand there) → ``lint`` (and what somebody has reviewed).
"""
