"""Scripts that do without nnviz what a run did: what a teacher would write, and nothing more."""
