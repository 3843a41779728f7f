"""The parts of the panel that steps through the passes."""
