"""Virtual time, one heap of events, one source of every choice. Knows nothing of Temporal."""
