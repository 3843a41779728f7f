"""The picture of the network: layout in plain NumPy, painting apart from it."""

from nnviz.gui.network.panel import NetworkPanel

__all__ = ["NetworkPanel"]
