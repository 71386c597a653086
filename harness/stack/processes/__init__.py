"""Processes that a stack is made of: started, restarted, watched, and swept away with all their children."""
