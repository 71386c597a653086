"""What the shop promises: one file, one promise."""
