"""What should have happened, computed from the input alone.

Written apart from the application and from the world, with arithmetic of its own, so that a mistake in one of them is
not repeated here. Nothing in this package may import ``workflows``.
"""
