"""The compiled engine: one C source, how it is built and opened, and what it is told.

The NumPy engine beside it stays the reference that people read, and what trains where this one
cannot. ``docs/engine.md`` says what each promises.
"""
