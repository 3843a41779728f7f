"""Panels: one file each, listed in `PANELS`."""
