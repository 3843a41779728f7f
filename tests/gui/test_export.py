"""Pictures and tables that leave the window: their pixels, names, and what is said of them."""

from __future__ import annotations

import csv
import functools
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QSize, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QImageReader
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QProgressDialog,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nnviz import cli
from nnviz.errors import NnvizError
from nnviz.gui import preferences
from nnviz.gui.app import make_application
from nnviz.gui.export import controller, figure
from nnviz.gui.export.caption import caption
from nnviz.gui.export.controller import ExportController
from nnviz.gui.export.dialog import ExportDialog
from nnviz.gui.export.figure import Figure, Shot, render, shot_of
from nnviz.gui.export.files import (
    ExportError,
    encoded,
    make_folder,
    picture_path,
    require_writable,
    table_path,
    write_history,
    write_picture,
)
from nnviz.gui.export.options import PictureOptions, remember, remembered
from nnviz.gui.export.slices import finish
from nnviz.gui.frame import Frame
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.look.style import apply_style
from nnviz.gui.look.theme import DARK, LIGHT, THEMES, Theme, rgb
from nnviz.gui.main_window import MainWindow
from nnviz.gui.network import NetworkView
from nnviz.gui.offscreen import Exhibit, frame_of
from nnviz.gui.panel import Panel
from nnviz.gui.panels import PANELS
from nnviz.gui.panels.loss import LossPanel
from nnviz.gui.plots.legend import LegendRow
from nnviz.training.completion import Completed, complete
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.records import EpochRecord
from nnviz.training.starting_point import starting_point

KINDS: dict[str, type[Panel]] = {**PANELS, NetworkView.key: NetworkView}
REPORT = PictureOptions(800, 500, 1)


@pytest.fixture(scope="module")
def done() -> Completed:
    return complete(PRESETS["two-gaussians"].experiment.change("training", epochs=60))


@pytest.fixture(scope="module")
def styled() -> None:
    apply_style(make_application(), LIGHT)


@pytest.fixture
def frame(qapp: QApplication, styled: None, done: Completed) -> Frame:
    return frame_of(done)


def shot(kind: type[Panel], done: Completed, frame: Frame) -> Shot:
    return Shot(kind, {}, done.problem, frame)


def pixels(image: QImage) -> NDArray[np.int64]:
    """Return a picture's colours, shape (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(plain.constBits(), np.uint8)
    shape = (plain.height(), plain.bytesPerLine() // 4, 4)
    return raw.reshape(shape)[:, : plain.width(), 2::-1].astype(np.int64)


def near(image: QImage, color: str, reach: int = 12) -> NDArray[np.bool_]:
    """Return which pixels have about this colour, shape (height, width)."""
    return np.abs(pixels(image) - rgb(color)).max(axis=2) <= reach


def rows_with_ink(image: QImage, theme: Theme) -> NDArray[np.intp]:
    return np.flatnonzero((~near(image, theme.surface)).any(axis=1))


# ---------------------------------------------------------------------------------------- pictures


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize(
    ("width", "height", "scale"), [(400, 300, 1), (800, 500, 1), (1001, 777, 3)]
)
def test_picture_has_the_size_asked_and_shows_something(
    kind: type[Panel],
    theme: Theme,
    width: int,
    height: int,
    scale: int,
    done: Completed,
    frame: Frame,
) -> None:
    image = render(
        shot(kind, done, frame), PictureOptions(width, height, scale, theme.name, True, False)
    )
    assert (image.width(), image.height()) == (width, height)
    assert near(image, theme.surface)[[0, 0, -1, -1], [0, -1, 0, -1]].all()
    middle = near(image, theme.surface)[height // 8 : -height // 3, width // 6 : -width // 6]
    assert not middle.all()


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_legend_is_there_in_its_colours(kind: type[Panel], done: Completed, frame: Frame) -> None:
    made = Figure(shot(kind, done, frame), REPORT)
    entries = made.findChild(kind).legend()
    made.deleteLater()
    with_legend = render(shot(kind, done, frame), PictureOptions(800, 500, 2, caption=False))
    lowest = with_legend.copy(0, 500 - 140, 800, 140)
    for entry in entries:
        if entry.mark != "gradient":
            assert near(lowest, entry.color).any(), entry
        else:
            assert near(lowest, entry.color_end, 24).any(), entry


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_nothing_to_press_is_in_a_picture(kind: type[Panel], done: Completed, frame: Frame) -> None:
    figure = Figure(shot(kind, done, frame), REPORT)
    figure.image(QSize(800, 500), 1)
    shown = [row for row in figure.findChildren(LegendRow) if not hidden(row, figure)]
    assert len(shown) == 1
    assert not [part for part in figure.findChildren(QPushButton) if not hidden(part, figure)]
    figure.deleteLater()


def hidden(part: QWidget, within: QWidget) -> bool:
    return not part.isVisibleTo(within)


def test_legend_and_caption_can_be_left_out(done: Completed, frame: Frame) -> None:
    def ink_below(options: PictureOptions) -> int:
        image = render(shot(LossPanel, done, frame), options)
        return int((~near(image, LIGHT.surface))[-60:].sum())

    both = ink_below(PictureOptions(800, 500, 1))
    figure = Figure(shot(LossPanel, done, frame), PictureOptions(800, 500, 1))
    names = {part.objectName() for part in figure.findChildren(QWidget)}
    assert {"figureTitle", "figureCaption"} <= names
    figure.deleteLater()
    bare = Figure(shot(LossPanel, done, frame), PictureOptions(800, 500, 1, "light", False, False))
    names = {part.objectName() for part in bare.findChildren(QWidget)}
    assert not {"figureTitle", "figureCaption"} & names
    bare.deleteLater()
    without_caption = ink_below(PictureOptions(800, 500, 1, "light", True, False))
    assert both > without_caption > 0


def test_caption_is_drawn_where_it_belongs(done: Completed, frame: Frame) -> None:
    figure = Figure(shot(LossPanel, done, frame), REPORT)
    image = figure.image(QSize(800, 500), 1)
    label = next(
        part for part in figure.findChildren(QWidget) if part.objectName() == "figureCaption"
    )
    place = label.geometry()
    assert near(image.copy(place), LIGHT.muted, 40).sum() > 200
    assert rows_with_ink(image, LIGHT)[-1] <= place.bottom()
    figure.deleteLater()


def test_caption_says_data_network_epoch_and_seed(done: Completed) -> None:
    text = caption(done.problem, 1250).replace("\N{NON-BREAKING HYPHEN}", "-")
    assert text == "Two Gaussians · network 2-8-4-1 Sigmoid · epoch 1,250 · seed 0"


@pytest.mark.parametrize(
    ("preset", "seed"), [("house-prices", "seed 0 (data 42)"), ("letters-abc", "seed 111")]
)
def test_caption_tells_the_datas_seed_where_it_matters(preset: str, seed: str) -> None:
    assert caption(Problem(PRESETS[preset].experiment), 0).endswith(seed)


def test_scale_makes_everything_larger(done: Completed, frame: Frame) -> None:
    def title_height(scale: int) -> int:
        figure = Figure(shot(LossPanel, done, frame), PictureOptions(1600, 1000, scale))
        image = figure.image(QSize(1600, 1000), scale)
        figure.deleteLater()
        rows = rows_with_ink(image.copy(0, 0, 300 * scale, 36 * scale), LIGHT)
        return int(rows[-1] - rows[0])

    assert title_height(2) == pytest.approx(2 * title_height(1), abs=3)
    assert title_height(3) == pytest.approx(3 * title_height(1), abs=4)


def test_curves_are_no_hairlines_in_print(done: Completed, frame: Frame) -> None:
    def thickness(scale: int) -> int:
        options = PictureOptions(600 * scale, 400 * scale, scale, "light", False, False)
        image = render(shot(LossPanel, done, frame), options)
        return int(near(image, LIGHT.curve, 60).any(axis=1).sum())

    def curve_pixels(scale: int) -> int:
        options = PictureOptions(600 * scale, 400 * scale, scale, "light", False, False)
        return int(near(render(shot(LossPanel, done, frame), options), LIGHT.curve, 90).sum())

    assert thickness(3) > 2 * thickness(1)
    # Length grows with the scale and so does thickness: nine times the ink, not three.
    assert curve_pixels(3) > 5 * curve_pixels(1)


def test_picture_says_what_it_shows(tmp_path: Path, done: Completed, frame: Frame) -> None:
    path = tmp_path / "loss.png"
    write_picture(render(shot(LossPanel, done, frame), REPORT), path)
    reader = QImageReader(str(path), QByteArray(b"png"))
    image = reader.read()
    assert image.text("Software").startswith("nnviz")
    assert image.text("Title") == "Loss"
    assert "60" in image.text("Description")
    assert json.loads(image.text("Experiment"))["data"]["sample"] == "two-gaussians"


@pytest.mark.parametrize(("scale", "inch"), [(1, 96), (2, 192), (3, 288)])
def test_picture_knows_its_pixels_an_inch(
    scale: int, inch: int, done: Completed, frame: Frame
) -> None:
    image = render(shot(LossPanel, done, frame), PictureOptions(1600, 1000, scale))
    assert image.dotsPerMeterX() * 0.0254 == pytest.approx(inch, abs=0.1)


def test_picture_shows_the_persons_view(qtbot: QtBot, done: Completed, frame: Frame) -> None:
    panel = LossPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.begin(done.problem)
    panel.show_frame(frame)
    before = render(shot_of(panel, done.problem, frame), REPORT)
    panel.log.setChecked(True)
    after = render(shot_of(panel, done.problem, frame), REPORT)
    assert before != after


def test_picture_does_not_follow_training(qtbot: QtBot, done: Completed, frame: Frame) -> None:
    history = done.history.copy()
    panel = LossPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.begin(done.problem)
    taken = shot_of(panel, done.problem, Frame(history, frame.inspection, frame.row))
    history.append(EpochRecord(0, 61, 0.5, 1.0, None, 0.5, None, (0.0, 0.0, 0.0)))
    assert len(taken.frame.history) == len(done.history)


def test_small_pictures_have_small_print_rather_than_a_part_missing(
    done: Completed, frame: Frame
) -> None:
    figure = Figure(shot(KINDS["gallery"], done, frame), PictureOptions(320, 240, 2))
    figure.image(QSize(320, 240), 2)
    assert figure.height() > 240 // 2
    figure.deleteLater()


# ------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("loss", "loss.png"),
        ("loss.png", "loss.png"),
        ("loss.PNG", "loss.PNG"),
        ("rate 0.03", "rate 0.03.png"),
        ("run.v2", "run.v2.png"),
        ("  figures/a ", "figures/a.png"),
    ],
)
def test_a_name_without_an_ending_gets_one(name: str, path: str) -> None:
    assert picture_path(name) == Path(path)


@pytest.mark.parametrize("name", ["loss.jpg", "loss.SVG", "loss.pdf"])
def test_other_kinds_of_pictures_are_refused(name: str) -> None:
    with pytest.raises(ExportError, match=r"saved as PNG.*Call it loss\.png"):
        picture_path(name)


@pytest.mark.parametrize("name", ["", "   ", "figures/"])
def test_no_name_is_refused(name: str) -> None:
    with pytest.raises(ExportError, match="no name"):
        picture_path(name)


def test_tables_get_their_ending() -> None:
    assert table_path("run") == Path("run.csv")
    with pytest.raises(ExportError, match=r"run\.csv"):
        table_path("run.xlsx")


def test_a_missing_folder_is_said(tmp_path: Path, qapp: QApplication) -> None:
    with pytest.raises(ExportError, match=r"There is no folder .*nowhere"):
        write_picture(QImage(4, 4, QImage.Format.Format_RGB32), tmp_path / "nowhere" / "a.png")


def test_a_file_is_no_folder(tmp_path: Path, done: Completed) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(ExportError, match="is a file"):
        write_history(done.history, tmp_path / "a" / "b.csv")
    with pytest.raises(ExportError, match="could not be made"):
        make_folder(tmp_path / "a" / "b")


def test_a_folder_in_the_files_place_is_said(tmp_path: Path, done: Completed) -> None:
    (tmp_path / "a.png").mkdir()
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(ExportError, match="could not be written"):
        write_picture(QImage(4, 4, QImage.Format.Format_RGB32), tmp_path / "a.png")
    with pytest.raises(ExportError, match="could not be written"):
        write_history(done.history, tmp_path / "a.csv")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_not_ours_is_said(tmp_path: Path, done: Completed) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ExportError, match="may not be written"):
        require_writable(tmp_path)
    with pytest.raises(ExportError, match="could not be written"):
        write_history(done.history, tmp_path / "a.csv")


def test_a_folder_that_may_not_be_written_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ExportError, match="may not be written"):
        require_writable(tmp_path)


def test_csv_is_the_history(tmp_path: Path) -> None:
    done = complete(starting_point("iris").change("training", epochs=12))
    write_history(done.history, tmp_path / "h.csv")
    with (tmp_path / "h.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == list(range(13))
    for name in ("learning_rate", "train_loss", "test_loss", "train_metric", "test_metric"):
        assert [float(row[name]) for row in rows] == done.history.column(name).tolist()


# ------------------------------------------------------------------------------------- the options


def test_options_are_remembered(qapp: QApplication) -> None:
    assert remembered() == PictureOptions()
    chosen = PictureOptions(640, 480, 3, DARK.name, False, True)
    remember(chosen)
    assert remembered() == chosen


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[1]", '{"scale": 99}', '{"width": 5}', '{"a": 1}']
)
def test_spoiled_options_are_forgotten(qapp: QApplication, text: str) -> None:
    preferences.write(preferences.EXPORT_OPTIONS, text)
    assert remembered() == PictureOptions()


# --------------------------------------------------------------------------------- in the window


class Bench:
    """A window with one panel, and its exporter."""

    def __init__(self, qtbot: QtBot, done: Completed, frame: Frame) -> None:
        self.bot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(600, 400)
        self.panel = LossPanel(LIGHT, self.window)
        self.panel.resize(500, 320)
        self.panel.begin(done.problem)
        self.panel.show_frame(frame)
        self.moment = (done.problem, frame)
        self.worn: list[str] = []
        self.export = ExportController(
            self.window,
            lambda: {"loss": self.panel},
            lambda: self.moment,
            lambda: THEMES[self.worn[-1]] if self.worn else LIGHT,
            lambda theme: self.worn.append(theme.name),
        )
        self.said: list[str] = []
        self.failed: list[NnvizError] = []
        self.export.said.connect(self.said.append)
        self.export.failed.connect(self.failed.append)
        self.shares: list[float] = []
        self.export.work.advanced.connect(self.shares.append)

    @property
    def dialog(self) -> ExportDialog:
        assert self.export.dialog is not None
        return self.export.dialog

    def press(self, name: str, wait: bool = True) -> None:
        button = self.dialog.findChild(QPushButton, f"export-{name}")
        assert button is not None
        button.click()
        if wait:
            self.wait()

    def wait(self) -> None:
        """Wait until all is drawn and written."""
        self.bot.waitUntil(lambda: not self.export.work.busy, timeout=60_000)

    def type_path(self, text: str) -> None:
        field = self.dialog.findChild(QLineEdit, "export-path")
        assert field is not None
        field.setText(text)

    def choose(self, name: str, data: object) -> None:
        box = self.dialog.findChild(QComboBox, f"export-{name}")
        assert box is not None
        box.setCurrentIndex(box.findData(data))


@pytest.fixture
def bench(qtbot: QtBot, done: Completed, frame: Frame) -> Iterator[Bench]:
    made = Bench(qtbot, done, frame)
    yield made
    if made.export.dialog is not None:
        made.export.dialog.reject()


def test_saving_a_picture_with_the_size_typed(bench: Bench, tmp_path: Path) -> None:
    bench.export.save_picture(bench.panel)
    for name, value in (("width", 900), ("height", 600)):
        field = bench.dialog.findChild(QSpinBox, f"export-{name}")
        assert field is not None
        field.setValue(value)
    bench.choose("theme", "dark")
    bench.type_path(str(tmp_path / "mine"))
    bench.press("save")
    assert bench.said == ["Saved mine.png (900 × 600)."]
    image = QImage(str(tmp_path / "mine.png"))
    assert (image.width(), image.height()) == (900, 600)
    assert near(image, DARK.surface)[0, 0]
    assert bench.export.dialog is None
    assert preferences.last_folder() == tmp_path


def test_as_on_the_screen_times_the_scale(bench: Bench, tmp_path: Path) -> None:
    bench.export.save_picture(bench.panel)
    bench.choose("size", "screen")
    bench.choose("scale", 3)
    bench.type_path(str(tmp_path / "mine.png"))
    bench.press("save")
    assert QImage(str(tmp_path / "mine.png")).size() == QSize(1500, 960)


@pytest.mark.parametrize("name", ["legend", "caption"])
def test_preview_shows_what_is_chosen(bench: Bench, qtbot: QtBot, name: str) -> None:
    bench.export.save_picture(bench.panel)
    preview = bench.dialog.findChild(QWidget, "export-preview")
    qtbot.waitUntil(lambda: not preview.pixmap().isNull())
    before = preview.pixmap().toImage()
    box = bench.dialog.findChild(QCheckBox, f"export-{name}")
    assert box is not None
    box.click()
    qtbot.waitUntil(lambda: preview.pixmap().toImage() != before)


def test_a_refused_name_is_said_at_the_field(bench: Bench, tmp_path: Path) -> None:
    bench.export.save_picture(bench.panel)
    bench.type_path(str(tmp_path / "mine.jpg"))
    bench.press("save")
    message = bench.dialog.findChild(QWidget, "export-message")
    assert "Call it mine.png" in message.text()
    assert message.isVisibleTo(bench.dialog)
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_dialog_open(bench: Bench, tmp_path: Path) -> None:
    bench.export.save_picture(bench.panel)
    bench.type_path(str(tmp_path / "nowhere" / "mine"))
    bench.press("save")
    assert "There is no folder" in str(bench.failed[0])
    assert bench.dialog.isVisible()
    assert bench.said == []


@pytest.mark.parametrize("folder", [".", "b" * 300])
def test_a_name_that_no_disk_takes_is_said(bench: Bench, tmp_path: Path, folder: str) -> None:
    bench.export.save_picture(bench.panel)
    bench.type_path(str(tmp_path / folder / ("a" * 300)))
    bench.press("save")
    assert "could not be written" in str(bench.failed[0]) or "no folder" in str(bench.failed[0])
    assert bench.dialog.isVisible()


@pytest.mark.parametrize("answer", ["Yes", "No"])
def test_nothing_is_replaced_unasked(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    path = tmp_path / "mine.png"
    path.write_text("precious")
    asked: list[str] = []

    def question(parent: QWidget, title: str, text: str) -> QMessageBox.StandardButton:
        asked.append(text)
        return QMessageBox.StandardButton[answer]

    monkeypatch.setattr(QMessageBox, "question", question)
    bench.export.save_picture(bench.panel)
    bench.type_path(str(tmp_path / "mine"))
    bench.press("save")
    assert asked == ["mine.png exists already. Replace it?"]
    assert (path.read_bytes() == b"precious") == (answer == "No")


def test_copying_from_the_dialog_and_without(bench: Bench) -> None:
    bench.export.save_picture(bench.panel)
    bench.press("copy")
    assert bench.export.dialog is None
    assert QGuiApplication.clipboard().image().size() == QSize(1000, 640)
    QGuiApplication.clipboard().clear()
    bench.export.copy_picture(bench.panel)
    bench.wait()
    assert QGuiApplication.clipboard().image().size() == QSize(1000, 640)
    assert bench.said[-1] == "Copied Loss (1000 × 640)."


def test_the_window_keeps_its_shape(bench: Bench, tmp_path: Path) -> None:
    bench.export.save_window()
    bench.choose("scale", 1)
    caption_box = bench.dialog.findChild(QCheckBox, "export-caption")
    assert caption_box is not None
    caption_box.setChecked(False)
    bench.type_path(str(tmp_path / "all"))
    bench.press("save")
    assert QImage(str(tmp_path / "all.png")).size() == QSize(600, 400)
    assert bench.worn == []


def test_the_window_wears_another_theme_only_for_its_picture(bench: Bench, tmp_path: Path) -> None:
    bench.export.save_window()
    bench.choose("theme", "dark")
    bench.type_path(str(tmp_path / "all"))
    bench.press("save")
    assert bench.worn[-2:] == ["dark", "light"]


def test_everything_into_a_folder(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "figures"
    bench.export.export_all()
    bench.type_path(str(folder))
    bench.press("save")
    assert sorted(path.name for path in folder.iterdir()) == [
        "history.csv",
        "loss.png",
        "window.png",
    ]
    assert bench.said == [f"Saved 2 pictures and the history in {folder}."]


def test_the_history_is_saved(
    bench: Bench, done: Completed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = (str(tmp_path / "run"), "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *arguments: answer)
    bench.export.save_history()
    bench.wait()
    assert bench.said == ["Saved run.csv: 61 epochs."]
    assert len((tmp_path / "run.csv").read_text().splitlines()) == 62


def test_nothing_to_export_is_said(bench: Bench) -> None:
    bench.export._current = lambda: None
    bench.export.save_picture(bench.panel)
    bench.export.copy_picture(bench.panel)
    bench.export.export_all()
    assert [str(error) for error in bench.failed] == [
        "There is nothing to export yet. Open a sample first."
    ] * 3


@pytest.fixture
def exhibit(qtbot: QtBot, done: Completed) -> Iterator[MainWindow]:
    with Exhibit(ThemeManager(make_application()), done) as window:
        yield window


@pytest.mark.parametrize(
    ("action", "name"), [("save-picture", "network"), ("save-window-picture", "window")]
)
def test_menu_saves_a_picture(
    qtbot: QtBot, exhibit: MainWindow, tmp_path: Path, action: str, name: str
) -> None:
    exhibit.actions_[action].trigger()
    dialog = exhibit.export.dialog
    assert dialog is not None
    dialog.path.setText(str(tmp_path / name))
    dialog.save.click()
    qtbot.waitUntil(lambda: not exhibit.export.work.busy, timeout=60_000)
    image = QImage(str(tmp_path / f"{name}.png"))
    assert json.loads(image.text("Experiment"))["data"]["sample"] == "two-gaussians"
    for ink in (LIGHT.positive, LIGHT.negative):
        assert near(image, ink).sum() > 100


def test_window_shows_the_run_it_was_given(exhibit: MainWindow, done: Completed) -> None:
    frame = exhibit.recording.frame
    assert frame is not None
    assert frame.inspection.epoch == 60
    assert frame.history.rows().tobytes() == done.history.rows().tobytes()


def test_whole_window_in_the_dark_leaves_it_light(
    qtbot: QtBot, exhibit: MainWindow, tmp_path: Path
) -> None:
    exhibit.actions_["save-window-picture"].trigger()
    dialog = exhibit.export.dialog
    assert dialog is not None
    dialog.form.theme.setCurrentIndex(dialog.form.theme.findData("dark"))
    dialog.path.setText(str(tmp_path / "dark.png"))
    dialog.save.click()
    qtbot.waitUntil(lambda: not exhibit.export.work.busy, timeout=60_000)
    image = QImage(str(tmp_path / "dark.png"))
    dark = near(image, DARK.surface, 2).mean()
    assert dark > 0.2
    assert not near(image, LIGHT.surface, 2).mean() > 0.05
    assert exhibit.look.theme is LIGHT
    assert near(exhibit.grab().toImage(), LIGHT.surface, 2).mean() > 0.2


# ---------------------------------------------------------------------- the window stays alive


@pytest.mark.parametrize("kind", [LossPanel, NetworkView], ids=["loss", "network"])
def test_a_picture_in_bands_is_the_picture_at_once(
    kind: type[Panel], done: Completed, frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = PictureOptions(801, 500, 2)
    whole = pixels(render(shot(kind, done, frame), options))
    monkeypatch.setattr(figure, "_BAND_PIXELS", 801 * 90)
    slices = figure.drawing(shot(kind, done, frame), options)
    pauses = 0
    with pytest.raises(StopIteration) as end:
        while True:
            next(slices)
            pauses += 1
    differences = np.abs(pixels(end.value.value) - whole)
    assert pauses >= 500 / 90 + 3
    # Where a band cuts a line off, Qt computes its slope anew.
    assert differences.max() <= 16
    assert (differences > 2).mean() < 0.001


def test_usual_pictures_are_painted_at_once(done: Completed, frame: Frame) -> None:
    made = Figure(shot(NetworkView, done, frame), PictureOptions(1920, 1080, 2))
    made.image(QSize(1920, 1080), 2)
    paint = functools.partial(figure.painting, made, QSize(1920, 1080), 2.0, LIGHT.surface)
    assert finish(paint(in_bands=True)) == finish(paint(in_bands=False))
    made.deleteLater()


def test_a_preview_is_drawn_no_larger_than_its_place(bench: Bench) -> None:
    subject = bench.export._panel_subject(bench.panel, bench.moment)
    image = finish(subject.preview(PictureOptions(8000, 4000, 3), QSize(880, 660)))
    assert image.size() == QSize(880, 440)
    whole = pixels(render(shot_of(bench.panel, *bench.moment), PictureOptions(1760, 880, 3)))
    share = (whole != rgb(LIGHT.surface)).any(axis=2).mean()
    seen = (pixels(image) != rgb(LIGHT.surface)).any(axis=2).mean()
    assert seen > 0.2 * share


def test_the_window_has_its_turn_between_slices(bench: Bench, tmp_path: Path) -> None:
    turns: list[float] = []
    beat = QTimer(bench.window, interval=0)
    beat.timeout.connect(lambda: turns.append(bench.shares[-1] if bench.shares else 0.0))
    bench.export.export_all()
    bench.type_path(str(tmp_path / "all"))
    beat.start()
    bench.press("save")
    assert bench.shares == sorted(bench.shares)
    assert len(set(turns)) > 4


def test_files_are_made_in_another_thread(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: dict[str, int] = {}

    def watched(name: str) -> None:
        done = getattr(controller, name)

        def do(*arguments: object) -> object:
            threads[name] = threading.get_ident()
            return done(*arguments)

        monkeypatch.setattr(controller, name, do)

    for name in ("encoded", "write_bytes", "write_history"):
        watched(name)
    bench.export.export_all()
    bench.type_path(str(tmp_path / "all"))
    bench.press("save")
    assert len(threads) == 3
    assert threading.get_ident() not in threads.values()


@pytest.mark.parametrize("how", ["cancel", "close", "window"])
def test_an_export_can_be_ended(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    at_work, go_on = threading.Event(), threading.Event()

    def encode_slowly(image: QImage) -> bytes:
        at_work.set()
        assert go_on.wait(20)
        return encoded(image)

    monkeypatch.setattr(controller, "encoded", encode_slowly)
    bench.export.save_picture(bench.panel)
    bench.type_path(str(tmp_path / "mine"))
    bench.press("save", wait=False)
    bench.bot.waitUntil(at_work.is_set)
    assert not bench.dialog.save.isEnabled()
    if how == "cancel":
        bench.press("cancel")
    elif how == "close":
        bench.dialog.close()
    else:
        bench.export.close()
        bench.window.close()
    assert not bench.export.work.busy
    assert bench.export.dialog is None
    go_on.set()
    bench.bot.wait(100)
    assert not list(tmp_path.iterdir())
    assert bench.said == ["Cancelled."]


def test_an_exporter_that_goes_takes_its_work_along(bench: Bench, tmp_path: Path) -> None:
    bench.export.save_picture(bench.panel)
    bench.type_path(str(tmp_path / "mine"))
    bench.press("save", wait=False)
    bench.bot.waitUntil(lambda: bool(bench.shares))
    bench.export.dialog = None
    shiboken6.delete(bench.export)
    bench.bot.wait(100)
    assert not list(tmp_path.iterdir())


def test_a_cancelled_picture_gives_the_window_its_theme_back(bench: Bench, tmp_path: Path) -> None:
    bench.window.show()
    bench.export.save_window()
    bench.choose("theme", "dark")
    bench.type_path(str(tmp_path / "all"))
    seen: list[bool] = []

    def cancel(share: float) -> None:
        if bench.worn == ["dark"]:
            seen.append(bench.window.updatesEnabled())
            bench.press("cancel", wait=False)

    bench.export.work.advanced.connect(cancel)
    bench.press("save")
    assert seen == [False]
    assert bench.worn == ["dark", "light"]
    assert bench.window.updatesEnabled()


def test_what_fails_in_the_thread_is_said(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(content: bytes, path: Path) -> None:
        raise ExportError("The disk is full.", "Make room.")

    monkeypatch.setattr(controller, "write_bytes", fail)
    bench.export.save_picture(bench.panel)
    bench.type_path(str(tmp_path / "mine"))
    bench.press("save")
    assert [str(error) for error in bench.failed] == ["The disk is full. Make room."]
    assert bench.dialog.save.isEnabled()
    assert bench.said == []


def test_another_program_gets_the_png_that_is_there_already(bench: Bench) -> None:
    bench.export.copy_picture(bench.panel)
    bench.wait()
    content = QGuiApplication.clipboard().mimeData().data("image/png").data()
    assert QImage.fromData(content) == QGuiApplication.clipboard().image()


def test_long_copying_is_shown_and_can_be_cancelled(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(controller, "encoded", lambda image: go_on.wait(20))
    bench.window.show()
    bench.export.copy_picture(bench.panel)
    progress = bench.window.findChild(QProgressDialog, "copy-progress")
    bench.bot.waitUntil(progress.isVisible)
    progress.findChild(QPushButton).click()
    go_on.set()
    assert not bench.export.work.busy
    assert bench.said == ["Cancelled."]


# ------------------------------------------------------------------------------- the command line


def test_command_line_exports_everything(
    tmp_path: Path,
    qtbot: QtBot,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", "1")  # the command sets it; put it back afterwards
    folder = tmp_path / "out"
    arguments = ["train", "--preset", "two-gaussians", "--epochs", "30", "--export", str(folder)]
    assert cli.main([*arguments, "--json"]) == 0
    *files, last = capsys.readouterr().out.splitlines()
    assert json.loads(last)["epochs"] == 30
    wanted = {"history.csv", "window.png", *(f"{key}.png" for key in KINDS)}
    assert {Path(line).name for line in files} == wanted
    assert {path.name for path in folder.iterdir()} == wanted
    window = QImage(str(folder / "window.png"))
    assert window.width() == 2880
    assert near(window, LIGHT.accent).sum() > 1000
    assert len((folder / "history.csv").read_text().splitlines()) == 32


def test_command_line_says_first_that_it_cannot_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", "1")
    (tmp_path / "a").write_text("")
    arguments = ["train", "--sample", "xor", "--export", str(tmp_path / "a" / "b")]
    assert cli.main(arguments) == 1
    captured = capsys.readouterr()
    assert "could not be made" in captured.err
    assert captured.out == ""
