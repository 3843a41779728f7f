"""Parts of the forward pass: the arithmetic of one neuron, and what is chosen with."""
