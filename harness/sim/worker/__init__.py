"""What a worker process does: SDK Core's part (histories to activations, commands to answers), and activities."""
