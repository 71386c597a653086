"""The report of a run: one self-contained HTML page, ``verdict.json``, ``junit.xml`` and the lines for the terminal.

Data flow: run → record → checks → **report**. Everything here is a pure function of the record and of what the
checks said of it, except ``harness.report.write``, which puts the files into the run directory. The verdict is never
made here: it is the worst that the checks said (``harness.judge.measures.overall_verdict``).
"""
