"""The claims: one file, one promise; the only place where workload, faults, world and checks meet."""
