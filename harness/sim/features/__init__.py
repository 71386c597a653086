"""Every feature of Temporal that the simulator has, as a small workflow and what a caller does with it.

The same callers drive a real server's client and the simulator's, so that both histories can be compared.
"""
