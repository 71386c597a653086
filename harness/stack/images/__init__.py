"""Images for containers: which official ones the compose files name, and stand-ins where no registry can be reached.

A stand-in is built of the very programs that the stack `full` runs, so both stacks try the same versions. Data flow:
programs (``harness.stack.programs``) and Debian's packages → **images** → the local image store → ``compose/``.
"""
