"""Room 1: where samples come from."""
