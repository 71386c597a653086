"""What this company loads itself with: its locustfiles, its customers, and what they do with one invoice."""
