"""The timeline under the network: which epoch of the run is looked at."""

from nnviz.gui.timeline.timeline import Timeline

__all__ = ["Timeline"]
