"""How many orders the shop can take."""
