"""What the system did inside while it was loaded: read from the metrics of its server and workers, and its processes.

Data flow: `sources` → **a process of its own** that takes a reading every two seconds → `seen` → the report.
Nothing is judged by it: a system that cannot be looked into is loaded all the same.
"""
