"""Room 2: the mathematics of neural networks, in NumPy, and its loop once more in C.

Arrays inside the engine lie *units × batch*: one column is one sample. ``docs/engine.md`` explains
why, and how parameters and gradients share one flat vector each.
"""
