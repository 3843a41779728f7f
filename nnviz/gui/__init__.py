"""Room 4: the window. The only room where Qt may enter."""

import builtins

import PySide6.QtCore  # noqa: F401 - has Python import by a function of its own

# Which reads the source of every module, to see if it asks for PySide's other spelling of names.
# Nothing here does, and without it the window is there a twentieth sooner.
builtins.__import__ = vars(builtins).get("__orig_import__", builtins.__import__)
