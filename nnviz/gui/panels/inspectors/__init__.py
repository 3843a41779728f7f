"""Parts of the inspector: the lines it writes, and its charts."""
