"""What all families of workflows share: money, retries, heartbeats, the data converter, signatures."""
