"""Room 4: the window. The only room where Qt may enter."""
