"""What follows a run: no widgets."""
