"""What leaves the house: the bundle to share."""
