"""What a simulation changes of the process that it runs in: its clock, what it says, what it has imported."""
