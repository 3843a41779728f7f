"""Animations: their frames, colours, speed and words, and the dialog that asks for them."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtWidgets import QComboBox, QFileDialog, QPushButton, QSpinBox, QWidget

from nnviz import cli, cli_pictures
from nnviz.errors import StorageError
from nnviz.gui.export.animation import Timing, _gif, save_animation
from nnviz.gui.export.figure import Figure, PanelSnapshot
from nnviz.gui.export.files import encoded
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.frame import Frame
from nnviz.gui.look.theme import DARK, LIGHT, rgb
from nnviz.gui.network import NetworkPanel
from nnviz.gui.panels import PANELS
from nnviz.gui.plain import Label
from nnviz.gui.plots.plot import Plot
from nnviz.gui.slices import Slices, finish
from nnviz.training.checkpoints import Checkpoints
from nnviz.training.completion import complete
from nnviz.training.editing import edited
from nnviz.training.edits import AddUnit
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.trainer import Trainer

SMALL = PictureOptions(440, 300, 1, kind="gif")
ALL = Timing(0, 30, frames=5, rate=10)


class Run:
    """A run of 30 epochs, all of them kept, in which a neuron may be added."""

    def __init__(self, *edits: AddUnit, rate: float = 1.0) -> None:
        base = PRESETS["xor-2-4-1"].experiment.change("training", epochs=30, learning_rate=rate)
        asked = Experiment(base.data, base.network, base.training, base.preset, edits)
        trainer, self.kept = Trainer(asked), Checkpoints()
        self.problems = [Problem(edited(asked, count)) for count in range(len(edits) + 1)]
        self.history = History(len(trainer.network.layers))
        self.history.append(trainer.evaluate())
        self.kept.add(trainer.checkpoint())
        while not trainer.finished:
            self.history.extend(trainer.advance(1).rows)
            self.kept.add(trainer.checkpoint())

    def frame_at(self, checkpoint) -> Frame:
        problem = self.problems[checkpoint.edits]
        return Frame(self.history, Inspection(problem, checkpoint.snapshot()), 0, past=True)

    def shot(self, key: str) -> PanelSnapshot:
        kind = {**PANELS, NetworkPanel.key: NetworkPanel}[key]
        frame = self.frame_at(self.kept.nearest(30))
        return PanelSnapshot(kind, {}, frame.inspection.problem, frame)

    def saving(self, key: str, options: PictureOptions, timing: Timing, path: Path) -> Slices[str]:
        frames = [*map(self.frame_at, timing.chosen(self.kept))]
        return save_animation(self.shot(key), frames, options, timing, path)


@pytest.fixture(scope="module")
def run() -> Run:
    return Run()


def opened(path: Path) -> Image.Image:
    """Return an animation, whose file is closed."""
    return Image.open(io.BytesIO(path.read_bytes()))


def local_tables(content: bytes) -> list[bytes]:
    """Return the colours of a GIF, those of all frames first, then those of single ones."""

    def table(place: int, flags: int) -> bytes:
        return content[place : place + 3 * 2 ** ((flags & 7) + 1)] if flags & 0x80 else b""

    tables = [table(13, content[10])]
    place = 13 + len(tables[0])
    while content[place] != 0x3B:
        if content[place] == 0x2C:
            tables.append(table(place + 10, content[place + 9]))
            place += 11 + len(tables[-1])
        else:
            place += 2
        while content[place]:
            place += content[place] + 1
        place += 1
    return tables


@pytest.mark.parametrize("key", ["network", "output", "loss"])
def test_frames_of_a_gif_are_the_epochs_with_the_same_colours(run, key, tmp_path) -> None:
    path = tmp_path / "run.gif"
    said = finish(run.saving(key, SMALL, ALL, path))
    content = path.read_bytes()
    assert said == f"Saved run.gif: 5 frames, {len(content) / 1e6:.4g} MB."
    animation = opened(path)
    assert (animation.n_frames, animation.size) == (5, (440, 300))
    assert animation.info["loop"] == 0
    frames = [frame.convert("RGB") for frame in ImageSequence.Iterator(animation)]
    durations = [frame.info["duration"] for frame in frames]
    assert durations == [100, 100, 100, 100, 2100]
    assert len({frame.tobytes() for frame in frames}) == 5, "all differ"
    assert frames[0].getpixel((1, 1)) == tuple(rgb(LIGHT.surface))
    figure = sheet(run, key, SMALL, 30)
    drawn = np.asarray(Image.open(io.BytesIO(encoded(finish(figure.drawing())))).convert("RGB"))
    apart = np.abs(drawn.astype(int) - np.asarray(frames[-1], int))
    assert apart.mean() < 1 and apart.max() < 60
    figure.deleteLater()
    first, *others = local_tables(content)
    known = {first[place : place + 3] for place in range(0, len(first), 3)}
    for table in filter(None, others):
        assert {table[place : place + 3] for place in range(0, len(table), 3)} <= known


def test_few_pixels_of_another_hue_keep_it_among_thousands_of_shades(tmp_path) -> None:
    shades = np.zeros((120, 160, 3), np.uint8)
    shades[..., 0], shades[..., 2] = np.arange(120)[:, None], 95 + np.arange(160)
    rare = {(4, 4): (104, 203, 164), (9, 90): (180, 35, 24)}
    for place, hue in rare.items():
        shades[place] = hue
    picture = io.BytesIO()
    Image.fromarray(shades).save(picture, "PNG")
    gif = _gif([picture.getvalue()], ALL)
    shown = np.asarray(Image.open(io.BytesIO(gif)).convert("RGB"), int)
    for place, hue in rare.items():
        assert np.abs(shown[place] - hue).max() < 8
    assert np.abs(shown - shades).max() < 24


def test_early_epochs_have_more_frames_and_both_ends_are_shown(run) -> None:
    epochs = [one.epoch for one in Timing(3, 30, frames=7).chosen(run.kept)]
    assert (epochs[0], epochs[-1], len(epochs)) == (3, 30, 7)
    steps = np.diff(epochs)
    assert (np.diff(steps) >= 0).all() and steps[0] < steps[-1]
    assert len(Timing(0, 30, frames=200).chosen(run.kept)) == 31, "none twice"
    assert [one.epoch for one in Timing(9, 9).chosen(run.kept)] == [9]


def test_a_webp_has_the_theme(run, tmp_path) -> None:
    options = replace(SMALL, theme=DARK.name)
    finish(run.saving("weights", options, ALL, tmp_path / "a.webp"))
    animation = opened(tmp_path / "a.webp")
    assert (animation.format, animation.n_frames, animation.info["loop"]) == ("WEBP", 5, 0)
    corner = np.array(animation.convert("RGB").getpixel((1, 1)), int)
    assert np.abs(corner - rgb(DARK.surface)).max() <= 4


def sheet(run: Run, key: str, options: PictureOptions, epoch: int) -> Figure:
    figure = Figure(replace(run.shot(key), frame=run.frame_at(run.kept.nearest(epoch))), options)
    figure.turn_to(run.frame_at(run.kept.nearest(epoch)))
    return figure


@pytest.mark.parametrize(
    ("key", "view"),
    [("weights", {}), ("activations", {}), ("output", {"view": "pca"})],
)
def test_axes_stand_still_through_an_animation(key, view, tmp_path) -> None:
    run, shown, options = Run(rate=6.0), [], replace(SMALL, height=600)

    class Watched(PANELS[key]):  # type: ignore[name-defined,misc]
        def show_frame(self, frame: Frame) -> None:
            super().show_frame(frame)
            shown.append([chart.shown for plot in self.findChildren(Plot) for chart in plot.charts])

    shot = replace(run.shot(key), kind=Watched, view=view)
    frames = [*map(run.frame_at, ALL.chosen(run.kept))]
    alone = Figure(shot, options)
    finish(alone.settled())
    for frame in frames:
        alone.turn_to(frame)
    assert len({str(each) for each in shown}) > 1, "each as it needs"
    alone.deleteLater()
    finish(save_animation(shot, frames, options, ALL, tmp_path / "a.gif"))
    assert shown[-1] and all(each == shown[-1] for each in shown[-len(frames) :])


@pytest.mark.parametrize("key", ["network", "output", "loss", "weights"])
def test_a_frame_is_what_a_picture_of_its_own_would_be(run, key) -> None:
    options = replace(SMALL, width=880, height=600, scale=2)
    reused = sheet(run, key, options, 30)
    density = finish(reused.settled())
    for epoch in (1, 30, 8):
        reused.turn_to(run.frame_at(run.kept.nearest(epoch)))
        own = sheet(run, key, options, epoch)
        assert finish(reused.painted(density)) == finish(own.drawing())
        own.deleteLater()
    reused.deleteLater()


def test_title_and_caption_tell_the_epoch_and_keep_their_height(run) -> None:
    figure = sheet(run, "loss", replace(SMALL, width=330), 30)
    finish(figure.settled())
    figure.hold_words()
    height = figure.panel.height()
    for epoch in (2, 30):
        figure.turn_to(run.frame_at(run.kept.nearest(epoch)))
        assert figure.findChild(Label, "figureTitle").text() == f"Loss · epoch {epoch}"
        assert f"epoch {epoch} ·" in figure.findChild(Label, "figureCaption").text()
    figure.findChild(Label, "figureCaption").setText("One line now")
    finish(figure.settled())
    assert figure.panel.height() == height
    figure.deleteLater()


def test_a_network_that_was_edited_meanwhile_is_drawn_as_it_was(tmp_path) -> None:
    run = Run(AddUnit(0, epoch=10))
    path = tmp_path / "edited.gif"
    finish(run.saving("network", SMALL, ALL, path))
    assert opened(path).n_frames == 5


def test_what_is_ended_early_leaves_nothing(run, tmp_path) -> None:
    slices = run.saving("loss", SMALL, ALL, tmp_path / "a.gif")
    answer, percent = next(slices), 0
    while percent < 40:
        step = slices.send(answer if callable(answer) else None)
        percent = step if isinstance(step, int) else percent
        answer = step() if callable(step) else None
    slices.close()
    assert list(tmp_path.iterdir()) == []


def test_what_would_be_too_large_is_refused_before_it_is_drawn(run, tmp_path) -> None:
    options = replace(SMALL, width=8000, height=8000)
    with pytest.raises(StorageError, match="5 frames of 8000 × 8000 pixels are too many"):
        finish(run.saving("loss", options, ALL, tmp_path / "a.gif"))


def test_the_window_asks_and_writes(window, qtbot, tmp_path, monkeypatch) -> None:
    window.commands.open_preset("xor-2-2-1")
    failed: list[str] = []
    window.export.failed.connect(lambda error: failed.append(str(error)))
    qtbot.waitUntil(lambda: len(window.recording.checkpoints) == 1, timeout=20_000)
    window.actions_["export-animation"].trigger()
    assert failed == ["There is only one epoch to show yet. Train the network first."]
    window.actions_["train"].trigger()
    qtbot.waitUntil(lambda: window.recording.newest_epoch >= 2000, timeout=30_000)
    window.actions_["export-animation"].trigger()
    dialog = window.export.dialog

    def part(kind: type[QWidget], name: str) -> QWidget:
        found = dialog.findChild(kind, f"export-{name}")
        assert found is not None and found.accessibleName() and found.toolTip()
        return found

    assert dialog.windowTitle() == "Export animation: Network"
    kinds = part(QComboBox, "kind")
    assert [kinds.itemData(i) for i in range(kinds.count())] == ["gif", "webp"]
    assert dialog.findChild(QPushButton, "export-copy") is None
    part(QSpinBox, "width").setValue(440)
    part(QSpinBox, "height").setValue(300)
    part(QSpinBox, "frames").setValue(4)
    part(QSpinBox, "rate").setValue(2)
    part(QSpinBox, "last").setValue(1000)
    facts = dialog.findChild(QWidget, "export-facts")
    qtbot.waitUntil(lambda: facts.text() == "440 × 300 pixels, 4 frames, 4.0 s")
    path = tmp_path / "mine"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(path), ""))
    with qtbot.waitSignal(window.export.said, timeout=30_000) as told:
        part(QPushButton, "save").click()
    assert told.args[0].startswith("Saved mine.gif: 4 frames, ")
    animation = opened(tmp_path / "mine.gif")
    assert (animation.n_frames, animation.size, animation.info["duration"]) == (4, (440, 300), 500)


@pytest.fixture
def own_environment(monkeypatch) -> None:
    """Forget afterwards what the command line tells Qt."""
    for name in cli_pictures._OFFSCREEN:
        monkeypatch.setenv(name, os.environ.get(name, "1"))


@pytest.mark.usefixtures("own_environment")
def test_the_command_line_makes_it_of_a_run_whose_network_was_edited(tmp_path, capsys) -> None:
    base = PRESETS["xor-2-4-1"].experiment.change("training", epochs=40)
    asked = Experiment(base.data, base.network, base.training, base.preset, (AddUnit(0, epoch=9),))
    saved, path = tmp_path / "asked.json", tmp_path / "run.webp"
    saved.write_text(json.dumps(asked.to_dict()))
    command = ["train", "--experiment", str(saved), "--animation", str(path)]
    choice = ["--panel", "weights", "--frames", "6", "--fps", "20", "--size", "400x260"]
    assert cli.main([*command, *choice]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(path)
    animation = opened(path)
    assert (animation.n_frames, animation.size) == (6, (400, 260))
    for frame, milliseconds in ((1, 50), (5, 2050)):
        animation.seek(frame)
        animation.load()
        assert animation.info["duration"] == milliseconds


@pytest.mark.usefixtures("own_environment")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--animation", "a.avi"], "not written as “.avi”"),
        (["--animation", "a.gif", "--panel", "los"], "Did you mean loss?"),
        (["--animation", "a.gif", "--frames", "1"], "2 to 300 are"),
        (["--animation", "a.gif", "--fps", "0"], "1 to 50 are"),
        (["--animation", "a.gif", "--size", "99x600"], "100 to 8000 pixels"),
        (["--animation", "a.gif", "--size", "8000x8000"], "too many for one animation"),
        (["--animation", "no/such/folder/a.gif"], "could not be written"),
        (["--fps", "3"], "belong to --animation"),
    ],
)
def test_what_cannot_be_animated_is_said_before_training(
    given, said, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["train", "--sample", "xor", *given]) in (cli.FAILED, cli.REFUSED)
    captured = capsys.readouterr()
    assert said in captured.err and captured.out == ""


def test_a_run_keeps_moments_from_first_to_last_if_asked() -> None:
    asked = PRESETS["xor-2-4-1"].experiment.change("training", epochs=3000)
    kept, without = complete(asked, keep=True), complete(asked)
    assert (without.snapshot.parameters == kept.snapshot.parameters).all()
    assert not len(without.kept)
    epochs = kept.kept.epochs
    assert (epochs[0], epochs[-1]) == (0, 3000) and len(epochs) > 300
