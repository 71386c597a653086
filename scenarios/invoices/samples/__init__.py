"""Input files for the claims and for trying things by hand, and the generators that made them."""
