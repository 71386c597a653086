"""What one run is made of: the claim, the site it is tried at, the fleet, the workload and the final reads."""
