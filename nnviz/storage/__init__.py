"""Runs on disk: whole files or none, with a version, and nothing in them that is executed."""
