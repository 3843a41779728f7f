"""Parts of the panel that compares runs."""
