"""Parts of the forward pass: the table of samples, and the arithmetic of one neuron."""
