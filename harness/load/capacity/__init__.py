"""`assay load capacity`: the highest rate of completions that the system keeps up under a bound on latency.

One open run after the other, each at a constant rate: upwards until one is not kept, then in between. What was measured
at each rate is the knee curve.
"""
