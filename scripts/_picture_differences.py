"""Comparing two folders of pictures for scripts/compare_pictures.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter

FLAGGED = 0.005
"""Share of changed pixels above which a picture has to be looked at."""

_ALIKE = 3
"""Steps of 255 by which a colour may differ and still be the same to the eye."""

_SHEET_ROWS = 6
_THUMB = 620, 400
_LABEL = 20

_Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Difference:
    """How a picture changed.

    Parameters
    ----------
    name
        Of the file, below the folders compared.
    share
        Of its pixels that changed, 0 to 1; 1 where the picture is in one folder only.
    note
        What else there is to say: another size, or a picture that is missing.
    """

    name: str
    share: float
    note: str = ""

    def __str__(self) -> str:
        mark = "!" if self.share > FLAGGED else " "
        return f"{mark} {self.share:8.3%}  {self.name}  {self.note}".rstrip()


def compare(before: Path, after: Path) -> list[Difference]:
    """Return what differs between the pictures of two folders, by name."""
    folders = (before, after)
    names = {str(p.relative_to(folder)) for folder in folders for p in folder.rglob("*.png")}
    return [_difference(name, before / name, after / name) for name in sorted(names)]


def write_report(found: list[Difference], before: Path, after: Path, into: Path) -> None:
    """Write a list of all, and of the flagged ones before, after and difference, into a folder.

    Each is a picture of its own; contact sheets (``sheet-01.png`` …) have several to look over.
    """
    QGuiApplication.instance() or QGuiApplication([])  # text cannot be painted without one
    into.mkdir(parents=True, exist_ok=True)
    for old in into.glob("*.png"):
        old.unlink()
    (into / "report.txt").write_text("".join(f"{one}\n" for one in found), encoding="utf-8")
    flagged = [one for one in found if one.share > FLAGGED]
    for one in flagged:
        parts = _parts(before / one.name, after / one.name)
        side_by_side = _row(parts, (max(p.width() for p in parts), max(p.height() for p in parts)))
        side_by_side.save(str(into / one.name.replace("/", "--").replace("\\", "--")))
    for number, start in enumerate(range(0, len(flagged), _SHEET_ROWS), 1):
        group = flagged[start : start + _SHEET_ROWS]
        _sheet(group, before, after).save(str(into / f"sheet-{number:02}.png"))


def _difference(name: str, before: Path, after: Path) -> Difference:
    for path, side in ((before, "before"), (after, "after")):
        if not path.exists():
            return Difference(name, 1.0, f"missing {side}")
    one, other = QImage(str(before)), QImage(str(after))
    changed = _changed(one, other)
    note = "" if one.size() == other.size() else f"{_size(one)} before, {_size(other)} after"
    return Difference(name, float(changed.mean()), note)


def _size(image: QImage) -> str:
    return f"{image.width()} × {image.height()}"


def _changed(one: QImage, other: QImage) -> NDArray[np.bool_]:
    """Return which pixels differ; those that only one picture has do."""
    a, b = _pixels(one), _pixels(other)
    shape = max(a.shape[0], b.shape[0]), max(a.shape[1], b.shape[1])
    changed = np.ones(shape, dtype=np.bool_)
    rows, columns = min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1])
    common = np.abs(a[:rows, :columns].astype(np.int16) - b[:rows, :columns])
    changed[:rows, :columns] = common.max(axis=2) > _ALIKE
    return changed


def _pixels(image: QImage) -> _Pixels:
    """Return red, green and blue, shape (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    # A copy: the picture's own memory goes with it.
    return np.array(rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3))


def _parts(before: Path, after: Path) -> list[QImage]:
    """Return both pictures, and the later one pale with what changed in it red."""
    blank = QImage(8, 8, QImage.Format.Format_RGB888)
    blank.fill(QColor("#888888"))
    one, other = (QImage(str(path)) if path.exists() else blank for path in (before, after))
    changed = _changed(one, other)
    shown = np.full((*changed.shape, 3), 255, dtype=np.uint8)
    pale = _pixels(other)
    shown[: pale.shape[0], : pale.shape[1]] = 190 + pale // 4
    shown[changed] = (220, 0, 0)
    height, width = changed.shape
    picture = QImage(shown.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return [one, other, picture.copy()]


def _row(parts: list[QImage], size: tuple[int, int]) -> QImage:
    """Return pictures beside each other, each at most so large."""
    width, height = size
    row = QImage(len(parts) * (width + 8), height, QImage.Format.Format_RGB888)
    row.fill(QColor("#888888"))
    painter = QPainter(row)
    for place, part in enumerate(parts):
        fitted = part
        if part.width() > width or part.height() > height:
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode
            fitted = part.scaled(width, height, keep, smooth.SmoothTransformation)
        painter.drawImage(place * (width + 8), 0, fitted)
    painter.end()
    return row


def _sheet(group: list[Difference], before: Path, after: Path) -> QImage:
    width, height = _THUMB
    high = height + _LABEL
    sheet = QImage(3 * (width + 8), high * len(group), QImage.Format.Format_RGB888)
    sheet.fill(QColor("#ffffff"))
    painter = QPainter(sheet)
    font = QFont("Inter")
    font.setPixelSize(13)
    painter.setFont(font)
    for place, one in enumerate(group):
        line = QRect(4, place * high, sheet.width() - 8, _LABEL)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, str(one))
        parts = _parts(before / one.name, after / one.name)
        painter.drawImage(0, place * high + _LABEL, _row(parts, _THUMB))
    painter.end()
    return sheet
