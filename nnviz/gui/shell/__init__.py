"""The window's furniture: actions, menus, bars, docks, notices."""
