"""What drives a delegate: incentive profiles, the tracks built of them, and its own stake."""
