"""What all families under test share: the claim's frame, the kinds of effect, the replay corpus."""
