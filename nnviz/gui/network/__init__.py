"""The picture of the network: layout in plain NumPy, painting apart from it."""

from nnviz.gui.network.view import NetworkView

__all__ = ["NetworkView"]
