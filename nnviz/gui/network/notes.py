"""The quiet note at the foot of the picture: what is drawn of all there is."""

from __future__ import annotations

from functools import reduce

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from nnviz.gui.look.theme import SPACE
from nnviz.gui.network.card import unit_card, unit_name
from nnviz.gui.network.columns import Maps
from nnviz.gui.network.edges import weights_at
from nnviz.gui.network.labels import LINE
from nnviz.gui.network.scene import LEFT, Scene, sized, write


def notes_of(scene: Scene, undrawn: int, total: int) -> list[str]:
    """Return what the picture leaves out, in words that need less and less room; or nothing.

    Parameters
    ----------
    scene
        The picture.
    undrawn, total
        Weights that are not drawn, and all there are.
    """
    if scene.focus is not None:
        return _focus_notes(scene, total - undrawn)
    said = []
    if undrawn:
        weights = QCoreApplication.translate(
            "NetworkView", "{hidden} of {total} weights are not drawn"
        )
        said.append(weights.format(hidden=f"{undrawn:,}", total=f"{total:,}"))
    if scene.layout.is_open:
        if scene.touchable:
            said.append(QCoreApplication.translate("NetworkView", "Esc shows the whole network"))
    else:
        said += _folded(scene)
    return [_in_a_row(said[:count]) for count in range(len(said), 0, -1)]


def _folded(scene: Scene) -> list[str]:
    """Return how many neurons, and how many maps, there was no room for."""
    columns = scene.layout.columns
    neurons = sum(column.hidden for column in columns if column.of_neurons)
    maps = sum(column.hidden for column in columns if isinstance(column.kind, Maps))
    said = []
    if neurons:
        text = QCoreApplication.translate("NetworkView", "{count} neurons are folded")
        said.append(text.format(count=f"{neurons:,}"))
    if maps:
        text = QCoreApplication.translate("NetworkView", "{count} maps are folded")
        said.append(text.format(count=f"{maps:,}"))
    return said


def _in_a_row(notes: list[str]) -> str:
    both = QCoreApplication.translate("NetworkView", "{note} · {other}")
    return reduce(lambda note, other: both.format(note=note, other=other), notes)


def _focus_notes(scene: Scene, drawn: int) -> list[str]:
    layer, unit = scene.focus or (0, 0)
    name, has = unit_name(scene, layer, unit), weights_at(scene.layout, layer)
    if scene.focus_reads_image:
        drawn += scene.layout.columns[0].units  # as a picture
    if not has:
        said = QCoreApplication.translate("NetworkView", "Only {name}")
    elif drawn < has:
        said = QCoreApplication.translate("NetworkView", "{drawn} of the {has} weights of {name}")
    else:
        said = QCoreApplication.translate("NetworkView", "Only the {has} weights of {name}")
    note = said.format(name=name, drawn=f"{drawn:,}", has=f"{has:,}")
    back = QCoreApplication.translate("NetworkView", "{note} · Esc shows all")
    return [back.format(note=note), note] if scene.touchable else [note]


def paint_note(painter: QPainter, scene: Scene, texts: list[str], room: QRectF) -> None:
    """Write the first text that has room; the painter and `room` are in pixels of the screen."""
    if not texts:
        return
    painter.setFont(sized(painter.font()))
    metrics = QFontMetricsF(painter.font())
    wide = 0.62 * room.width()
    fitting = (text for text in texts if metrics.horizontalAdvance(text) <= wide)
    text = next(fitting, texts[-1])
    box = QRectF(2.0 * SPACE, room.bottom() - 24.0, wide, LINE)
    plate = QRectF(box)
    plate.setWidth(min(metrics.horizontalAdvance(text), wide))
    # Moved or enlarged, the network may lie below the note.
    painter.fillRect(plate.adjusted(-4.0, -2.0, 4.0, 2.0), QColor(scene.theme.surface))
    write(painter, box, text, scene.theme.muted, LEFT)


def spoken(scene: Scene) -> str:
    """Return in words what is in focus, for those who cannot see it."""
    card = unit_card(scene, *scene.focus) if scene.focus else None
    if card is None:
        return ""
    return "\n".join([card.title, *(f"{row.label} {row.value}".strip() for row in card.rows)])
