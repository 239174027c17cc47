"""What the performance table in the README is made with: the floor, the load, the comparing run."""
