"""The finance application of a Traf3li backend: ordinary Temporal workflows, activities, gateways and an HTTP API.

It imports nothing but its libraries and itself; whoever runs it from outside finds it through ``workflows.app``.
"""
