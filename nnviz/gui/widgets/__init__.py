"""The few widgets that Qt lacks. They know nothing of runs."""
