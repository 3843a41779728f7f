"""Pictures and tables of a run, on disk and in the clipboard."""
