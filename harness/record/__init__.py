"""What happened in a run: the journals and histories on disk, and the frozen values that all judging reads."""
