"""What leaves the machine: the run as a bundle, and its card with measured scores only."""
