"""A failure of the simulator: kept the same while it is made small, told as a story, and saved as a test."""
