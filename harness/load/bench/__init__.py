"""`assay bench load`: what the generator can do by itself, and what it costs beside a plain asyncio loop.

A load test measures the slower of two: the system, or the generator. Here the generator is measured: against a stub
that answers at once, and against a server turn by turn with a client that has nothing of locust in it. Everything is a
number of one run on one machine; what can be compared between machines is the ratios.
"""
