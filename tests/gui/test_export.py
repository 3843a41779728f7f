"""Pictures and tables that leave the window: their pixels, names, and what is said of them."""

from __future__ import annotations

import csv
import json
import tempfile
import threading
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import (
    QFileDialog,
    QGraphicsItem,
    QMessageBox,
    QProgressBar,
    QProgressDialog,
    QPushButton,
    QScrollArea,
    QWidget,
)

from nnviz import cli
from nnviz.datasets.own.proposal import propose
from nnviz.engine.kernel.library import library
from nnviz.errors import StorageError
from nnviz.gui import preferences
from nnviz.gui.app import make_application
from nnviz.gui.export import files, jobs
from nnviz.gui.export.caption import caption
from nnviz.gui.export.controller import ExportController
from nnviz.gui.export.epochs import epochs_target, offered, read_epochs
from nnviz.gui.export.figure import Figure, PanelSnapshot, render, snapshot_of
from nnviz.gui.export.options import USUAL, PictureOptions, remember, remembered
from nnviz.gui.export.weights import weights_text
from nnviz.gui.export.window import render_window, window_drawing, window_pixels
from nnviz.gui.frame import Frame, Selection
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.look.style import apply_style, palette
from nnviz.gui.look.theme import DARK, LIGHT, THEMES, rgb
from nnviz.gui.network import NetworkPanel
from nnviz.gui.offscreen import Exhibit, frame_of
from nnviz.gui.panel import Panel
from nnviz.gui.panels import PANELS
from nnviz.gui.panels.loss import LossPanel
from nnviz.gui.plots.legend import LegendRow
from nnviz.gui.plots.plot import Plot
from nnviz.gui.slices import finish
from nnviz.gui.widgets.text_labels import ElidedLabel
from nnviz.storage.onnx_model import onnx_model
from nnviz.storage.parameters import named_parameters
from nnviz.storage.project import read_experiment
from nnviz.training.checkpoints import Checkpoints
from nnviz.training.choices import starting_point
from nnviz.training.completion import complete
from nnviz.training.edits import SetWeight, SwitchOff
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.records import EpochRecord
from nnviz.training.trainer import Trainer

KINDS: dict[str, type[Panel]] = {**PANELS, NetworkPanel.key: NetworkPanel}
REPORT = PictureOptions(800, 500, 1)
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


@pytest.fixture(scope="module")
def done():
    return complete(PRESETS["two-gaussians"].experiment.change("training", epochs=60))


@every_kind
def test_numbers_of_axes_are_drawn_in_the_picture_not_kept_from_a_coarser_one(kind, frame) -> None:
    selected = replace(frame, selection=Selection(1, 0, 0))
    figure = Figure(PanelSnapshot(kind, {}, frame.inspection.problem, selected), REPORT)
    finish(figure.drawing())
    items = [item for plot in figure.findChildren(Plot) for item in plot.items()]
    assert {item.cacheMode() for item in items} <= {QGraphicsItem.CacheMode.NoCache}
    figure.deleteLater()


@pytest.fixture
def frame(qapp, done):
    apply_style(make_application(), LIGHT)
    yield frame_of(done)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def shot(kind, done, frame):
    return PanelSnapshot(kind, {}, done.problem, frame)


def pixels(image: QImage) -> NDArray[np.int64]:
    """Return a picture's colours, shape (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(plain.constBits(), np.uint8)
    shape = (plain.height(), plain.bytesPerLine() // 4, 4)
    return raw.reshape(shape)[:, : plain.width(), 2::-1].astype(np.int64)


def near(image: QImage, color: str, reach: int = 12) -> NDArray[np.bool_]:
    """Return which pixels have about this colour, shape (height, width)."""
    return np.abs(pixels(image) - rgb(color)).max(axis=2) <= reach


# ---------------------------------------------------------------------------------------- pictures


@every_kind
@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_a_picture_has_the_size_and_colours_asked_whatever_the_window_wears(
    kind, theme, done, frame
):
    other = DARK if theme is LIGHT else LIGHT
    pictures = []
    for width, height, scale, worn in (
        (1001, 777, 3, other),
        (400, 300, 1, other),
        (400, 300, 1, theme),
    ):
        apply_style(make_application(), worn)
        image = render(shot(kind, done, frame), PictureOptions(width, height, scale, theme.name))
        assert image.size() == QSize(width, height)
        assert image.dotsPerMeterX() * 0.0254 <= 96 * scale + 0.1
        ground = near(image, theme.surface)
        assert ground[[0, 0, -1, -1], [0, -1, 0, -1]].all()
        assert not ground[height // 8 : -height // 3, width // 6 : -width // 6].all()
        assert near(image, other.surface).mean() < 0.05
        assert near(image.copy(0, 0, width, height // 4), theme.text, 60).any(), "the title"
        pictures.append(image)
    apply_style(make_application(), LIGHT)
    assert pictures[1] == pictures[2]


@every_kind
def test_legend_is_there_in_its_colours_and_nothing_to_press(kind, done, frame):
    figure = Figure(shot(kind, done, frame), PictureOptions(800, 500, 2, caption=False))
    below = finish(figure.drawing()).copy(0, 500 - 140, 800, 140)
    for entry in figure.findChild(kind).legend():
        reach, color = (24, entry.color_end) if entry.mark == "gradient" else (12, entry.color)
        assert near(below, color, reach).any(), entry
    shown = [part for part in figure.findChildren(QWidget) if part.isVisibleTo(figure)]
    assert sum(isinstance(part, LegendRow) for part in shown) == 1
    assert not [part for part in shown if isinstance(part, QPushButton)]
    figure.deleteLater()


@every_kind
def test_texts_of_a_picture_are_as_strong_or_quiet_as_in_the_window(kind, done, frame):
    figure = Figure(shot(kind, done, frame), PictureOptions(1000, 600, 1, "dark"))
    image, labels = finish(figure.drawing()), figure.findChildren(ElidedLabel)
    inks = {"muted": (DARK.muted, DARK.text)}
    for label in (one for one in labels if one.isVisibleTo(figure) and one.text()):
        own, other = inks.get(label.property("ink"), (DARK.text, DARK.muted))
        written = image.copy(QRect(label.mapTo(figure, QPoint()), label.size()))
        assert near(written, own, 24).sum() > near(written, other, 24).sum(), label.text()
    figure.deleteLater()


def test_a_picture_of_a_folded_network_offers_nothing_to_press():
    trainer = Trainer(PRESETS["digits-cnn"].experiment)
    history = History(len(trainer.network.layers))
    history.append(trainer.evaluate())
    frame = Frame(history, Inspection(trainer.problem, trainer.snapshot()), 0)
    picture = render(PanelSnapshot(NetworkPanel, {}, trainer.problem, frame), REPORT)
    assert not near(picture, LIGHT.accent, 2).any()


def test_title_legend_and_caption_are_there_or_left_out(done, frame):
    def names(options):
        figure = Figure(shot(LossPanel, done, frame), options)
        finish(figure.drawing())
        shown = {
            part.objectName() for part in figure.findChildren(QWidget) if part.isVisibleTo(figure)
        }
        figure.deleteLater()
        return {"figureTitle", "figureCaption", "legend"} & shown

    assert names(REPORT) == {"figureTitle", "figureCaption", "legend"}
    assert names(replace(REPORT, legend=False)) == {"figureTitle", "figureCaption"}
    assert names(replace(REPORT, caption=False)) == {"legend"}
    assert names(bare := replace(REPORT, legend=False, caption=False)) == set()
    assert near(render(shot(LossPanel, done, frame), bare), LIGHT.curve, 40).any()
    lowest = render(shot(LossPanel, done, frame), REPORT).copy(0, 470, 800, 30)
    assert near(lowest, LIGHT.muted, 40).sum() > 200, "the caption is drawn at the bottom"


@pytest.mark.parametrize(
    ("preset", "told"),
    [
        (
            "two-gaussians",
            "Two Gaussians · network 2-8-4-1 Sigmoid · Binary cross-entropy, Accuracy"
            " · SGD, rate 0.5, batch all · epoch 1,250 · seed 0",
        ),
        ("house-prices", "seed 0 (data 42)"),
        ("letters-abc", "seed 225"),
    ],
)
def test_caption_says_data_network_epoch_and_the_seeds_that_matter(preset, told):
    text = caption(Problem(PRESETS[preset].experiment), 1250)
    engine = "compiled engine" if library() is not None else "NumPy engine"
    assert text.replace("\N{NON-BREAKING HYPHEN}", "-").endswith(f"{told} · {engine}")


def test_caption_says_when_numpy_trains():
    asked = PRESETS["two-gaussians"].experiment.change("training", engine="numpy")
    assert caption(Problem(asked), 3).endswith("seed 0 · NumPy engine")


def test_caption_says_how_was_trained_and_counts_no_pooling_among_activations():
    text = caption(Problem(PRESETS["digits-cnn"].experiment), 3)
    assert " Softmax · Cross-entropy, Accuracy · Adam, rate 0.003, batch 32 · epoch 3 · " in text


def test_caption_says_that_a_rate_changes():
    text = caption(Problem(PRESETS["house-prices"].experiment), 3)
    assert "R² · SGD, rate 0.3 (Time decay), batch all" in text


def ink(kind, done, frame, scale=1, **options):
    """Return a picture on so many pixels a point, and how many of them have a curve's colour."""
    options = PictureOptions(800 * scale, 500 * scale, scale, caption=True, **options)
    image = render(shot(kind, done, frame), options)
    return image, int(near(image, LIGHT.curve, 90).sum())


@pytest.mark.parametrize("kind", [LossPanel, KINDS["gallery"]])
def test_scale_makes_everything_larger_and_no_hairlines(kind, done, frame):
    def height(image, scale):
        rows = near(image.copy(0, 0, 300 * scale, 36 * scale), LIGHT.surface).all(axis=1)
        return int(np.ptp(np.flatnonzero(~rows)))

    (one, curve), (three, thick) = (ink(kind, done, frame, scale) for scale in (1, 3))
    assert three.dotsPerMeterX() * 0.0254 == pytest.approx(96 * 3, abs=0.1)
    assert height(three, 3) == pytest.approx(3 * height(one, 1), abs=4)
    assert thick > 5 * curve  # as long and as thick: nine times the ink, not three


def test_text_size_makes_all_larger_on_as_many_pixels(done, frame):
    (small, curve), (large, thick) = (ink(LossPanel, done, frame, text=n) for n in (100, 150))
    assert small.size() == large.size()
    assert thick > 1.3 * curve


def test_picture_says_what_it_shows(tmp_path, done, frame):
    path = tmp_path / "loss.png"
    files.write_picture(render(shot(LossPanel, done, frame), REPORT), path)
    image = QImage(str(path))
    assert image.text("Software").startswith("nnviz")
    assert image.text("Title") == "Loss"
    assert "60" in image.text("Description")
    assert json.loads(image.text("Experiment"))["data"]["sample"] == "two-gaussians"


def test_picture_shows_the_persons_view_and_does_not_follow_training(qtbot, done, frame):
    history = done.history.copy()
    panel = LossPanel()
    qtbot.addWidget(panel)
    panel.begin(done.problem)
    panel.show_frame(frame)
    before = snapshot_of(panel, done.problem, Frame(history, frame.inspection, frame.row))
    panel.log.setChecked(True)
    assert render(snapshot_of(panel, done.problem, frame), REPORT) != render(before, REPORT)
    history.append(EpochRecord(0, 61, 0.5, 1.0, None, 0.5, None, (0.0, 0.0, 0.0)))
    assert len(before.frame.history) == len(done.history)


@every_kind
@pytest.mark.parametrize("size", [(320, 240), (1200, 130), (100, 800)])
def test_small_pictures_have_small_print_rather_than_a_part_missing(kind, size, done, frame):
    figure = Figure(shot(kind, done, frame), PictureOptions(*size, 2))
    image = finish(figure.drawing())
    assert image.size() == QSize(*size)
    panel = figure.findChild(kind)
    assert panel.width() >= 340
    assert panel.height() >= 200
    for area in figure.findChildren(QScrollArea):
        assert area.isHidden() or area.verticalScrollBar().maximum() == 0
    assert figure.width() / figure.height() == pytest.approx(size[0] / size[1], rel=0.02)
    figure.deleteLater()


# ------------------------------------------------------------------------------ at several epochs


@pytest.fixture(scope="module")
def moments(done):
    """The moments of the same run that are kept."""
    trainer, kept = Trainer(done.problem.experiment), Checkpoints()
    kept.add(trainer.checkpoint())
    for record in trainer.steps():
        if record is not None:
            kept.add(trainer.checkpoint())
    return kept


@every_kind
def test_a_sheet_shows_a_panel_at_each_epoch_and_no_part_over_another(kind, done, frame, moments):
    panel = kind()
    panel.begin(done.problem)
    panel.show_frame(frame)
    chosen = [moments.nearest(epoch) for epoch in (0, 10, 20, 30, 40, 60)]
    seen = [Inspection(done.problem, checkpoint.snapshot()) for checkpoint in chosen]
    frames = [replace(frame, inspection=each, past=True) for each in seen]
    target = epochs_target(panel, (done.problem, frame), frames)
    assert target.key == f"{kind.key}-epochs"
    assert target.title.endswith(" at epochs 0, 10, 20, 30, 40, 60")
    figure = Figure(target.draw.args[0], PictureOptions(900, 600, 1))
    image = finish(figure.drawing())
    assert image.size() == QSize(900, 600)
    cells = [cell for cell, _ in figure.panel.cells]
    assert [cell.title_for(done.problem) for cell in cells] == [panel.title_for(done.problem)] * 6
    assert [own.inspection.epoch for _, own in figure.panel.cells] == [0, 10, 20, 30, 40, 60]
    areas = [cell.geometry() for cell in cells]
    assert not any(one.intersects(other) for one, other in combinations(areas, 2))
    assert all(figure.panel.rect().contains(area) for area in areas)
    if kind.key in ("output", "weights"):
        seen = [cell.grab().toImage() for cell in cells]
        assert all(one != other for one, other in combinations(seen, 2))
    figure.deleteLater()
    panel.deleteLater()


@pytest.mark.parametrize(
    ("text", "epochs"),
    [("0, 10,30; 50 soon", [0, 10, 30, 50]), ("5 5000 60", [5, 60])]
    + [(text, None) for text in ("", "soon", " ".join(map(str, range(13))))],
)
def test_epochs_are_the_nearest_kept_or_what_is_wrong_is_said(text, epochs, moments):
    if epochs:
        assert [one.epoch for one in read_epochs(text, moments)] == epochs
    else:
        with pytest.raises(StorageError, match="1 to 12 epochs"):
            read_epochs(text, moments)


def test_of_the_tutorials_run_its_six_epochs_are_offered():
    assert offered(1000) == "0, 100, 300, 500, 700, 1000"
    assert offered(0) == "0"


# ------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("picked", "path"),
    [
        ("loss.png", "loss.png"),
        ("loss.SVG", "loss.SVG"),
        ("rate 0.03", "rate 0.03.pdf"),
        ("loss.tif", "loss.tif.pdf"),
        ("", None),
        ("there", None),
    ],
)
def test_a_file_gets_an_ending_that_it_can_have(qapp, tmp_path, monkeypatch, picked, path):
    (tmp_path / "there.pdf").write_text("precious")
    asked = []

    def pick(parent, title, offered, kinds):
        asked.extend((offered, kinds))
        return str(tmp_path / picked) if picked else "", ""

    def question(parent, title, text):
        assert text == "there.pdf exists already. Replace it?"
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QFileDialog, "getSaveFileName", pick)
    monkeypatch.setattr(QMessageBox, "question", question)
    preferences.write(preferences.LAST_FOLDER, str(tmp_path))
    chosen = files.ask_for_file(QWidget(), "Save", "loss", ["pdf", "png", "svg"])
    assert chosen == (tmp_path / path if path else None)
    assert asked == [str(tmp_path / "loss.pdf"), "PDF (*.pdf)"]


def test_what_stands_in_the_way_is_said(tmp_path, done, monkeypatch):
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    (tmp_path / "file").write_text("")
    for ending in ("png", "csv"):
        (tmp_path / f"folder.{ending}").mkdir()

    def full(*arguments, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    for write, reason in (
        (lambda: files.write_picture(image, tmp_path / "nowhere" / "a.png"), "No such file"),
        (lambda: files.write_picture(image, tmp_path / ("a" * 300)), "too long"),
        (lambda: files.write_picture(image, tmp_path / "folder.png"), "directory"),
        (lambda: files.write_history(done.history, done.problem, tmp_path / "folder.csv"), ""),
        (lambda: files.make_folder(tmp_path / "file" / "b"), "Not a directory"),
        (lambda: files.make_folder(tmp_path), "Permission denied"),
    ):
        with pytest.raises(StorageError, match=rf"could not be written: .*{reason}"):
            write()


# ------------------------------------------------------------------------------------- the options


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[1]",
        '{"scale": 9}',
        '{"width": 5, "height": 5}',
        '{"a": 1}',
        '{"kind": "gif"}',
    ]
    + ['{"text": 1000}', '{"scale": "1"}'],
)
def test_options_are_remembered_and_forgotten_where_spoiled(qapp, text):
    chosen = PictureOptions(640, 480, 300 / 96, DARK.name, False, True, "svg", 150, True)
    remember(replace(chosen, title="Only once"))
    assert remembered() == chosen
    preferences.write(preferences.EXPORT_OPTIONS, text)
    assert remembered() == USUAL


# --------------------------------------------------------------------------------- in the window


class Bench:
    """A window with one panel, and its exporter."""

    def __init__(self, qtbot, done, frame, monkeypatch):
        self.bot, self.patch = qtbot, monkeypatch
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(600, 400)
        self.panel = LossPanel(self.window)
        self.panel.resize(500, 320)
        self.panel.begin(done.problem)
        self.panel.show_frame(frame)
        self.moment = (done.problem, frame)
        self.worn = []
        self.export = ExportController(
            self.window, {"loss": self.panel}, lambda: self.moment, self.wear
        )
        self.said = []
        self.failed = []
        self.export.said.connect(self.said.append)
        self.export.failed.connect(lambda error: self.failed.append(str(error)))

    def wear(self, theme):
        self.worn.append(theme.name)
        self.window.setPalette(palette(theme))

    @property
    def open(self):
        return self.export.dialog is not None

    def part(self, name):
        """Return a part of the dialog that is open."""
        return (self.export.dialog or self.window).findChild(QWidget, f"export-{name}")

    def press(self, name, wait=True):
        """Press a button, and wait until it is said what came of it."""
        before = len(self.said) + len(self.failed)
        self.part(name).click()
        if wait:
            self.wait_for(before + 1)

    def wait_for(self, sentences):
        self.bot.waitUntil(lambda: len(self.said) + len(self.failed) == sentences, timeout=60_000)

    def save(self, path, wait=True):
        """Press Save, and choose this place in the system's dialog."""
        self.patch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(path), ""))
        self.patch.setattr(QFileDialog, "getExistingDirectory", lambda *asked: str(path))
        self.press("save", wait)

    def sides(self):
        return self.part("width").value(), self.part("height").value()

    def choose(self, name, data):
        box = self.part(name)
        box.setCurrentIndex(box.findData(data))


@pytest.fixture
def bench(qtbot, done, frame, monkeypatch):
    made = Bench(qtbot, done, frame, monkeypatch)
    yield made
    made.export.close()


def test_saving_a_picture_with_the_size_typed(bench, tmp_path):
    bench.export.save("loss")
    bench.part("width").setValue(900)
    bench.part("height").setValue(600)
    assert bench.part("size").currentData() == "custom"
    bench.choose("theme", "dark")
    bench.save(tmp_path / "mine")
    assert bench.said == ["Saved mine.png (900 × 600)."]
    image = QImage(str(tmp_path / "mine.png"))
    assert image.size() == QSize(900, 600)
    assert near(image, DARK.surface)[0, 0]
    assert not bench.open
    assert preferences.last_folder() == tmp_path
    assert remembered() == PictureOptions(900, 600, 2, "dark")


def test_sizes_follow_what_is_chosen(bench):
    sides = bench.sides
    bench.export.save("loss")
    assert (bench.part("size").currentData(), sides()) == ("report", (1600, 1000))
    bench.choose("size", "screen")
    assert sides() == (1000, 640)
    bench.part("dpi").setValue(288)
    assert sides() == (1500, 960)
    bench.choose("size", "slide")
    assert sides() == (1920, 1080)
    facts = bench.part("facts")
    bench.bot.waitUntil(lambda: facts.text() == "1920 × 1080 pixels, 169 × 95 mm at 288 dpi")
    bench.part("dpi").setValue(96)
    bench.part("width").setValue(1600)
    assert (bench.part("size").currentData(), sides()) == ("custom", (1600, 1080))
    bench.part("height").setValue(1000)
    assert bench.part("size").currentData() == "report"


def test_millimetres_and_dpi_make_pixels_that_the_file_carries(bench, tmp_path):
    sides = bench.sides
    bench.export.save("loss")
    bench.choose("size", "page")
    bench.part("dpi").setValue(300)
    assert sides() == (160, 100)
    bench.choose("unit", False)
    assert sides() == (1890, 1181)
    bench.choose("unit", True)
    assert (bench.part("size").currentData(), sides()) == ("page", (160, 100))
    bench.part("width").setValue(150)
    assert bench.part("size").currentData() == "custom"
    bench.save(tmp_path / "mine.png")
    image = QImage(str(tmp_path / "mine.png"))
    assert image.size() == QSize(1772, 1181)
    assert image.dotsPerMeterX() == image.dotsPerMeterY() == round(300 / 0.0254)
    assert (remembered().dpi, remembered().millimetres) == (300, True)
    bench.export.save("loss")
    assert sides() == (150, 100)


def test_the_preview_shows_what_is_chosen_and_a_title_is_of_this_picture(bench, tmp_path):
    bench.export.save("loss")
    assert bench.part("title").text() == "Loss"
    preview = bench.part("preview")
    bench.bot.waitUntil(lambda: not preview.pixmap().isNull())
    for change in (
        lambda: bench.part("title").setText("Figure 3"),
        lambda: bench.choose("text", 150),
        bench.part("legend").click,
    ):
        before = preview.pixmap().toImage()
        change()
        bench.bot.waitUntil(lambda before=before: preview.pixmap().toImage() != before)
    bench.save(tmp_path / "mine.png")
    assert QImage(str(tmp_path / "mine.png")).text("Title") == "Figure 3"
    bench.export.save("loss")
    assert bench.part("title").text() == "Loss"
    assert bench.part("text").currentData() == 150
    bench.part("caption").setChecked(False)
    assert not bench.part("title").isEnabled()


def test_the_type_of_the_file_is_its_ending_or_the_one_chosen(bench, tmp_path):
    for name, wanted, head in (("a", "a.pdf", b"%PDF"), ("b.svg", "b.svg", b"<?xml")):
        bench.export.save("loss")
        bench.choose("kind", "pdf")
        bench.save(tmp_path / name)
        assert (tmp_path / wanted).read_bytes().startswith(head)
        assert remembered().kind == "pdf"


def test_a_preview_is_drawn_no_larger_than_its_place(bench):
    target = jobs.panel_target(bench.panel, bench.moment)
    image = finish(target.picture(PictureOptions(8000, 4000, 3), QSize(880, 660)))
    assert image.size() == QSize(880, 440)


def test_what_cannot_be_written_is_said_and_no_place_leaves_the_dialog_open(bench, tmp_path):
    bench.export.save("loss")
    bench.save("", wait=False)
    assert bench.open and not bench.said
    bench.save(tmp_path / "nowhere" / "mine")
    assert "could not be written" in bench.failed[0]
    assert not bench.open and not bench.said


def test_copying_from_the_dialog_and_without(bench):
    bench.export.save("loss")
    bench.press("copy")
    assert not bench.open
    assert QGuiApplication.clipboard().image().size() == QSize(1600, 1000)
    QGuiApplication.clipboard().clear()
    bench.panel.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    bench.window.show()
    bench.window.activateWindow()
    bench.panel.setFocus()
    bench.bot.waitUntil(bench.panel.hasFocus)
    bench.export.copy_in_use()
    bench.wait_for(2)
    assert bench.said == ["Copied Loss (1600 × 1000)."] * 2
    # Another program gets the PNG that is there already.
    content = QGuiApplication.clipboard().mimeData().data("image/png").data()
    assert QImage.fromData(content) == QGuiApplication.clipboard().image()


def test_the_window_keeps_its_shape_and_has_its_caption_below(bench, tmp_path):
    bench.export.save_window()
    bench.part("dpi").setValue(96)
    bench.part("caption").setChecked(False)
    assert not bench.part("size").isEnabled()
    bench.save(tmp_path / "all")
    assert QImage(str(tmp_path / "all.png")).size() == QSize(600, 400)
    assert bench.worn == []
    assert (remembered().width, remembered().height) == (1600, 1000), "of the next panel"
    options = PictureOptions(scale=2)
    bare = render_window(bench.window, bench.moment, replace(options, caption=False))
    image = render_window(bench.window, bench.moment, options)
    assert image.size() == window_pixels(bench.window.size(), options) == QSize(1200, 864)
    assert (pixels(image)[:800] == pixels(bare)).all()
    below = image.copy(0, 800, 1200, 64)
    assert near(below, LIGHT.muted, 40).sum() > 200
    assert near(below, LIGHT.window)[[0, 0, -1, -1], [0, -1, 0, -1]].all()


def test_everything_into_a_folder(bench, tmp_path):
    turns = []
    beat = QTimer(bench.window, interval=0)
    beat.timeout.connect(lambda: turns.append(1))
    bench.export.export_all()
    beat.start()
    bench.save(tmp_path)
    own = tmp_path / "Two Gaussians 2-8-4-1 epoch 60"
    assert {path.name for path in own.iterdir()} == {"history.csv", "loss.png", "window.png"}
    assert bench.said == [f"Saved 2 pictures and the history in {own}."]
    assert len(turns) > 4, "the window has its turn between slices"
    assert preferences.last_folder() == tmp_path
    bench.export.export_all()
    assert bench.part("new-folder").text().endswith(f"in a new folder: {own.name}")
    bench.choose("kind", "svg")
    bench.save(tmp_path)
    second = tmp_path / f"{own.name} (2)"
    assert {path.name for path in second.iterdir()} == {"history.csv", "loss.svg", "window.png"}
    head = (second / "history.csv").read_text().splitlines()[0]
    assert "train_loss_binary_crossentropy" in head
    assert "train_accuracy" in head


@pytest.mark.parametrize("pictures", [0, 1])
def test_all_that_is_ended_early_leaves_whole_files_or_nothing(bench, tmp_path, pictures):
    targets = [jobs.panel_target(bench.panel, bench.moment)] * 2
    slices = jobs.save_all(targets, bench.moment, USUAL, tmp_path)
    answer = next(slices)
    while len(list(tmp_path.rglob("*.png"))) < pictures:
        step = slices.send(answer)
        answer = step() if callable(step) else None
    slices.close()
    names = [path.name for path in tmp_path.rglob("*")]
    assert len(names) == 2 * pictures, "a folder and the picture, or not even a folder"
    for path in tmp_path.rglob("*.png"):
        assert QImage(str(path)).size() == QSize(1600, 1000)


def test_folders_have_names_that_every_system_takes(tmp_path):
    name = files.new_folder(tmp_path, 'a/b:c*"d" ' + 200 * "x" + " .").name
    assert name == "a-b-c--d- " + 70 * "x"
    assert files.new_folder(tmp_path, name).name == f"{name} (2)"


def test_the_history_is_saved(bench, tmp_path):
    for picked, sentences in ((str(tmp_path / "run"), 1), ("", 1)):
        bench.patch.setattr(QFileDialog, "getSaveFileName", lambda *asked, to=picked: (to, ""))
        bench.export.save_history()
        bench.wait_for(sentences)
    assert bench.said == ["Saved run.csv: 61 epochs."]
    assert len((tmp_path / "run.csv").read_text().splitlines()) == 62


def read_tables(text):
    """Return title, names above and rows of each table of a CSV file."""
    blocks = [list(csv.reader(block.splitlines())) for block in text.split("\n\n")]
    return [(block[0][0], block[1][1:], block[2:]) for block in blocks]


@pytest.mark.parametrize("key", ["house-prices", "letters-abc", "digits-cnn"])
def test_weights_are_numbers_with_all_their_digits_and_names(qapp, key):
    done = complete(PRESETS[key].experiment.change("training", epochs=1))
    moment = Inspection(done.problem, done.snapshot)
    tables = read_tables(weights_text(moment, ","))
    layers = [layer for layer in range(moment.layers) if moment.weights(layer).size]
    for (title, columns, rows), layer in zip(tables, layers, strict=True):
        weights, biases = moment.weights(layer), moment.biases(layer)
        read = np.array([[float(number) for number in row[1:]] for row in rows], weights.dtype)
        assert np.array_equal(read[:, : weights.shape[1]], weights)
        assert len(columns) == read.shape[1]
        assert ("bias" in columns) == bool(biases.size)
        assert not biases.size or np.array_equal(read[:, -1], biases)
        assert title.endswith("after epoch 1")
    assert "standardised" in tables[0][0] or key != "house-prices"
    assert [row[0] for row in tables[-1][2]] == list(done.problem.output_names)
    if done.problem.dataset.image_shape is None:
        assert tables[0][1][:-1] == list(done.problem.input_names)
    if key == "digits-cnn":
        assert tables[0][1][:2] == ["channel 1, row 1, column 1", "channel 1, row 1, column 2"]
        assert tables[1][1][9] == "channel 2, row 1, column 1"


def test_names_of_columns_are_copied_with_weights_and_are_no_formulas(qapp, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("\n".join(["=1+1,y", *(f"{row % 7},{row % 3}.5" for row in range(40))]))
    asked = starting_point("own", propose(table, "y").data).change("training", epochs=1)
    done = complete(asked)
    text = weights_text(Inspection(done.problem, done.snapshot))
    assert text.splitlines()[1] == "\t'=1+1\tbias"


def test_weights_are_copied_as_text(bench, frame):
    bench.export.copy_weights()
    assert QGuiApplication.clipboard().text() == weights_text(frame.inspection)
    assert bench.said == ["Copied the weights after epoch 60."]


def test_parameters_and_scripts_are_saved_as_the_kind_chosen(bench, tmp_path, monkeypatch, frame):
    offered = []

    def answer(ending, name="w"):
        def asked(parent, title, place, kinds):
            offered.append(kinds)
            return str(tmp_path / name), next(one for one in kinds.split(";;") if ending in one)

        monkeypatch.setattr(QFileDialog, "getSaveFileName", asked)

    answer("npz")
    bench.export.save_parameters()
    bench.wait_for(1)
    problem = frame.inspection.problem
    named = named_parameters(problem.blank_network(frame.inspection.snapshot.parameters))
    with np.load(tmp_path / "w.npz") as saved:
        assert {name: saved[name].tolist() for name in saved} == {
            name: array.tolist() for name, array in named.items()
        }
    asked = problem.experiment
    bench.export.experiment = lambda: asked
    answer("predicts", "mine")
    bench.export.save_script()
    bench.wait_for(2)
    assert "hidden_1.weight" in (tmp_path / "mine.py").read_text()
    assert bench.said == [
        "Saved w.npz: the parameters after epoch 60.",
        "Saved mine.py, mine-parameters.npz.",
    ]
    assert [len(kinds.split(";;")) for kinds in offered] == [3, 3]
    asked = replace(asked, edits=(SwitchOff(0, 1, epoch=3),))
    answer("PyTorch", "torch-script")
    bench.export.save_script()
    bench.wait_for(3)
    assert bench.failed == [
        "Of changes made by hand a script repeats only weights and settings of training."
        " Reset first, to train the network as it is now anew; or export one that only predicts."
    ]
    assert not (tmp_path / "torch-script.py").exists()
    asked = problem.experiment.change("training", epochs=40)  # and was trained on
    answer("trains again", "again")
    bench.export.save_script()
    bench.wait_for(4)
    assert "EPOCHS = 60 " in (tmp_path / "again.py").read_text()
    answer("ONNX", "net")
    bench.export.save_onnx()
    bench.wait_for(5)
    assert bench.said[-1] == "Saved net.onnx: the network after epoch 60."
    content = (tmp_path / "net.onnx").read_bytes()
    assert content == onnx_model(problem, frame.inspection.snapshot.parameters)


def test_an_experiment_is_saved_with_its_edits_as_the_command_line_reads_it(
    bench, tmp_path, monkeypatch, frame
):
    asked = replace(frame.inspection.problem.experiment, edits=(SetWeight(0, 1, 0, 0.5, epoch=3),))
    shorter = asked.change("training", epochs=40)  # and was trained on
    cosine = shorter.change("training", schedule="cosine")
    for number, (run, saved, told) in enumerate(
        (
            (asked, asked, ": "),
            (shorter, asked.change("training", epochs=60), ": "),
            (cosine, cosine, ", as was asked: schedule or early stop are for 40 epochs."),
        )
    ):
        path = tmp_path / f"{number}.json"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, path=path: (str(path), ""))
        bench.export.experiment = lambda run=run: run
        bench.export.save_experiment()
        bench.wait_for(number + 1)
        assert bench.said[number].startswith(f"Saved {path.name}{told}")
        assert read_experiment(path) == saved


def test_nothing_to_export_is_said(bench):
    bench.moment, export = None, bench.export
    export.save("loss")
    for wanted in (export.save_window, export.export_all, export.save_history):
        wanted()
    assert bench.failed == ["There is nothing to export yet. Open a sample first."] * 4


def test_whole_window_in_the_dark_leaves_it_light(qtbot, tmp_path, done, monkeypatch):
    with Exhibit(ThemeManager(make_application()), done) as exhibit:
        assert exhibit.recording.frame.inspection.epoch == 60
        assert exhibit.recording.frame.history.rows().tobytes() == done.history.rows().tobytes()
        exhibit.actions_["save-window-picture"].trigger()
        theme = exhibit.findChild(QWidget, "export-theme")
        theme.setCurrentIndex(theme.findData("dark"))
        path = str(tmp_path / "dark.png")
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (path, ""))
        with qtbot.waitSignal(exhibit.export.said, timeout=60_000):
            exhibit.findChild(QWidget, "export-save").click()
        image = QImage(str(tmp_path / "dark.png"))
        assert json.loads(image.text("Experiment"))["data"]["sample"] == "two-gaussians"
        for ink in (DARK.positive, DARK.negative):
            assert near(image, ink).sum() > 100
        assert near(image, DARK.surface, 2).mean() > 0.2
        assert near(image, LIGHT.surface, 2).mean() < 0.05
        assert near(exhibit.grab().toImage(), LIGHT.surface, 2).mean() > 0.2


# ---------------------------------------------------------------------- the window stays alive


def test_files_are_made_in_another_thread(bench, tmp_path, monkeypatch):
    threads = {}

    def watched(name):
        made = getattr(jobs, name)

        def do(*arguments):
            threads[name] = threading.get_ident()
            return made(*arguments)

        monkeypatch.setattr(jobs, name, do)

    for name in ("encoded", "write_bytes", "write_history"):
        watched(name)
    bench.export.export_all()
    bench.save(tmp_path / "all")
    assert len(threads) == 3
    assert threading.get_ident() not in threads.values()


@pytest.mark.parametrize("how", ["cancel", "window"])
def test_an_export_can_be_ended(bench, tmp_path, monkeypatch, how):
    at_work, go_on = threading.Event(), threading.Event()

    def encode_slowly(image):
        at_work.set()
        assert go_on.wait(20)
        return files.encoded(image)

    monkeypatch.setattr(jobs, "encoded", encode_slowly)
    bench.window.show()
    bench.export.export_all()
    bench.save(tmp_path, wait=False)
    bench.bot.waitUntil(at_work.is_set)
    progress = bench.window.findChild(QProgressDialog)
    bench.bot.waitUntil(progress.isVisible)
    if how == "cancel":
        progress.canceled.emit()
    else:
        bench.export.close()
        bench.window.close()
    go_on.set()
    bench.bot.waitUntil(lambda: not shiboken6.isValid(progress))
    bench.bot.wait(100)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert bench.said == ["Cancelled. Files written so far stay, each whole."] * (how == "cancel")


def test_how_much_is_done_is_shown(bench, tmp_path):
    shares = []
    bench.export.export_all()
    bench.save(tmp_path, wait=False)
    progress = bench.window.findChild(QProgressDialog)
    progress.findChild(QProgressBar).valueChanged.connect(shares.append)
    assert progress.maximum() == 100
    bench.wait_for(1)
    assert shares == [50]


def test_a_cancelled_picture_gives_the_window_its_theme_back(bench):
    bench.window.show()
    drawing = window_drawing(bench.window, bench.moment, bench.wear, PictureOptions(theme="dark"))
    next(drawing)
    next(drawing)
    assert bench.worn == ["dark"]
    assert not bench.window.updatesEnabled()
    drawing.close()
    assert bench.worn == ["dark", "light"]
    assert bench.window.updatesEnabled()


# ------------------------------------------------------------------------------- the command line


def test_command_line_exports_everything(tmp_path, qtbot, capsys, monkeypatch):
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


def test_pictures_of_an_early_stop_are_of_the_best_epoch():
    waits = {"stop_when": "validation_loss_rises", "stop_value": 3.0, "learning_rate": 0.5}
    done = complete(starting_point("moons").change("training", **waits).change("data", noise=30.0))
    frame = frame_of(done)
    assert frame.epoch == frame.inspection.epoch == done.final.epoch < done.epochs


def test_command_line_says_first_that_it_cannot_write(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("QT_SCALE_FACTOR", "1")
    (tmp_path / "a").write_text("")
    arguments = ["train", "--sample", "xor", "--export", str(tmp_path / "a" / "b")]
    assert cli.main(arguments) == 1
    captured = capsys.readouterr()
    assert "could not be written" in captured.err
    assert captured.out == ""
