"""nnviz: a desktop laboratory where a person sees a neural network learn."""

__version__ = "0.1.0"
