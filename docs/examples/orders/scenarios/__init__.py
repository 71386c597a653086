"""What people do at the shop."""
