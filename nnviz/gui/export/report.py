"""A report of a run as one page: what was asked, what came of it, and how to have it again.

Every figure is of the network that is looked at, worked out from its parameters.
"""

from __future__ import annotations

import dataclasses
import json
import platform
import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz import __version__
from nnviz.engine.schedules import SCHEDULES
from nnviz.files import write_bytes
from nnviz.gui.edits import change_told
from nnviz.gui.export import report_tables as tables
from nnviz.gui.export.caption import caption
from nnviz.gui.export.figure import Figure, PanelSnapshot, drawing
from nnviz.gui.export.files import encoded
from nnviz.gui.export.options import PictureOptions
from nnviz.gui.export.page import Page, Picture, Table
from nnviz.gui.frame import Frame
from nnviz.gui.look.numbers import count, short
from nnviz.gui.look.texts import advised, part_name, phrase, translated
from nnviz.gui.look.texts import told as finding_told
from nnviz.gui.slices import Slices
from nnviz.training.comparison import differences
from nnviz.training.diagnosis import Finding, diagnose
from nnviz.training.editing import trained_for
from nnviz.training.experiment import Experiment
from nnviz.training.inspection import Inspection
from nnviz.training.measures import PartMeasures, measures
from nnviz.training.presets import PRESETS, title_of
from nnviz.training.problem import PartName, Problem

_tr = partial(QCoreApplication.translate, "Report")

_SIZES = {
    "network": (1672, 860),
    "loss": (816, 560),
    "accuracy": (816, 560),
    "output": (1120, 800),
    "weights": (1672, 700),
}
"""The panels of a report, and how large their pictures are, in pixels."""

PICTURES = tuple(_SIZES)
"""Keys of those panels."""

_SMALL = 160_000
"""Bytes up to which a picture is one of lines and text."""

_LONG = 6_000
"""Letters after which the Experiment is folded."""

_Measures = Mapping[PartName, PartMeasures]


def save_report(shots: Mapping[str, PanelSnapshot], frame: Frame, path: Path) -> Slices[str]:
    """Write the report of a moment, whose panels `shots` has by their keys."""
    content = yield from report(shots, frame)
    yield lambda: write_bytes(content, path)
    said = QCoreApplication.translate("Export", "Saved {file}: a page that any browser shows.")
    return said.format(file=path.name)


def report(shots: Mapping[str, PanelSnapshot], frame: Frame) -> Slices[bytes]:
    """Make the report of a moment, as the content of a file; `save_report` writes it."""
    inspection, problem = frame.inspection, frame.inspection.problem
    found: _Measures = yield partial(measures, inspection)
    history = frame.history.until(inspection.epoch)
    finding: Finding | None = yield partial(diagnose, history, inspection)
    pictures = {}
    for number, key in enumerate(PICTURES):
        yield 100 * number // len(PICTURES)
        pictures[key] = yield from _picture(shots[key], *_SIZES[key])
    asked = frame.experiment or problem.experiment
    page = Page(translated(title_of(asked)), _tr("en"))  # the code of the translation's language
    _write_head(page, frame, found)
    _write_choices(page, problem)
    _write_network(page, problem, pictures["network"])
    page.section(_tr("Curves"), "curves")
    page.pictures([pictures["loss"], pictures["accuracy"]])
    page.section(_tr("Output"), "output")
    page.pictures([_alone(pictures["output"])])
    _write_measures(page, frame, found)
    page.section(_tr("Weights"), "weights")
    page.pictures([_alone(pictures["weights"])])
    for table in tables.weight_tables(inspection):
        page.table(table)
    _write_diagnosis(page, finding)
    if inspection.snapshot.edits:
        page.section(_tr("Edits made by hand"), "edits")
        page.table(tables.edit_table(asked, inspection))
    _write_repetition(page, frame)
    return page.html()


def _picture(shot: PanelSnapshot, width: int, height: int) -> Slices[Picture]:
    """Draw a panel with lines and text, or where these are many, with pixels."""
    from nnviz.gui.export.vectors import vectors_of  # with the plots, after the first paint

    options = PictureOptions(width, height, caption=False, kind="svg")
    figure = Figure(shot, options)
    try:
        title, content = figure.title, (yield from vectors_of(figure, options))
        # Qt names a single font, but a browser without it must not take one with serifs.
        content = re.sub(rb'font-family="[^"]+', rb"\g<0>, system-ui, sans-serif", content)
        if len(content) <= _SMALL:
            told = figure.panel.description()
            return Picture(content, "svg+xml", title, told, shot.kind.key, width // 2)
    finally:
        figure.deleteLater()
    image = yield from drawing(shot, options)
    content, told = (yield partial(encoded, image)), image.text("Description")
    return Picture(content, "png", title, told, shot.kind.key, width // 2)


def _alone(picture: Picture) -> Picture:
    """Return a picture without the title that its section has already."""
    return dataclasses.replace(picture, title="")


# ------------------------------------------------------------------------------------ the sections


def _write_head(page: Page, frame: Frame, found: _Measures) -> None:
    """Write what it is about, and the figures that are asked for first."""
    inspection, problem = frame.inspection, frame.inspection.problem
    asked = frame.experiment or problem.experiment
    preset = PRESETS.get(asked.preset)
    page.text(translated((preset or asked.data.spec).description))
    page.text(caption(problem, inspection.epoch), kind="muted")
    changed = [] if preset is None else differences(preset.experiment, asked)
    if preset is not None:
        page.text(phrase(preset.source), kind="muted")
    if changed:
        text = _tr("Changed: {changes}.").format(changes="; ".join(map(change_told, changed)))
        page.text(text, kind="muted")
    epoch, trained = inspection.epoch, _trained(frame)
    text = _tr("{epoch} of {trained}") if epoch != trained else "{epoch}"
    figures = [(_tr("Epoch"), text.format(epoch=count(epoch), trained=count(trained)))]
    name = _tr("{figure}, {part}")
    for title in (_tr("Loss"), translated(problem.metric.title)):
        for part, measured in found.items():
            value = tables.measured_text(problem, measured.metric)
            if title == _tr("Loss"):
                value = short(measured.loss)
            figures.append((name.format(figure=title, part=part_name(part)), value))
    figures.append((_tr("Parameters"), count(inspection.snapshot.parameters.size)))
    page.terms(figures, "figures")


def _write_choices(page: Page, problem: Problem) -> None:
    page.section(_tr("Settings"), "settings")
    chosen, usual = tables.settings_told(problem)
    page.table(chosen)
    page.text(_tr("As by default"), "h3")
    page.terms(usual, "settings")
    page.section(_tr("Data"), "data")
    page.text(translated(problem.experiment.data.spec.description))
    for table in tables.data_tables(problem):
        page.table(table)


def _write_network(page: Page, problem: Problem, picture: Picture) -> None:
    page.section(_tr("Network"), "network")
    page.pictures([_alone(picture)])
    page.table(tables.layer_table(problem))


def _write_measures(page: Page, frame: Frame, found: _Measures) -> None:
    page.section(_tr("Measures"), "measures")
    problem, further = frame.inspection.problem, _further(frame)
    text = _tr("Of the network after epoch {epoch}, as it predicts.")
    if further > 0:
        text = _tr(
            "Of the network after epoch {epoch} and {count} of the next epoch's mini-batches, as it"
            " predicts."
        )
    page.text(text.format(epoch=count(frame.inspection.epoch), count=count(further)))
    for table in tables.measure_tables(problem, found):
        page.table(table)
    names = problem.dataset.class_names
    if len(names) == 2:
        text = _tr("Precision, recall, F1 and AUC are those of “{name}”.")
        page.text(text.format(name=translated(names[1])), kind="muted")
    elif names:
        text = _tr("Precision, recall, F1 and AUC of a part are the means of the classes.")
        page.text(text, kind="muted")
    if any(measured.rows < problem.parts[part].rows for part, measured in found.items()):
        page.text(_tr("Of a large part, a fixed sample of its rows is judged."), kind="muted")


def _write_diagnosis(page: Page, finding: Finding | None) -> None:
    page.section(_tr("Diagnosis"), "diagnosis")
    if finding is None:
        page.text(_tr("None of the faults that nnviz looks for was found."))
    else:
        page.text(f"{finding_told(finding)} {advised(finding)}".strip(), kind="notice")


def _write_repetition(page: Page, frame: Frame) -> None:
    """Write how to have the network again: the command, the experiment, versions and seeds."""
    inspection, problem = frame.inspection, frame.inspection.problem
    asked = frame.experiment or problem.experiment
    again = repeated(asked, inspection, _trained(frame))
    page.section(_tr("How to have it again"), "again")
    page.text(_tr("Save the text below as experiment.json, and train it with nnviz:"))
    page.verbatim("nnviz train --experiment experiment.json", "command")
    if again.training.epochs != inspection.epoch:
        text = _tr("The network of this report is that after epoch {epoch} of this run.")
        page.text(text.format(epoch=count(inspection.epoch)))
    if (further := _further(frame)) > 0:
        text = _tr("Besides, it was trained on {count} of the next epoch's mini-batches.")
        page.text(text.format(count=count(further)))
    if asked.data.file is not None:
        text = _tr("The file of the data has to be where it was: {path}")
        page.text(text.format(path=asked.data.file.path))
    rows = [
        (_tr("Seed of weights and order"), str(asked.training.seed)),
        (_tr("Seed of data and split"), str(asked.data.seed)),
        ("nnviz", __version__),
        ("Python", platform.python_version()),
        ("NumPy", np.__version__),
        (_tr("System"), f"{platform.system()} {platform.machine()}"),
        (_tr("Made on"), date.today().isoformat()),
    ]
    page.table(Table(rows))
    content = json.dumps(again.to_dict(), ensure_ascii=False)
    folded = _tr("The experiment, {count} letters").format(count=count(len(content)))
    page.verbatim(content, "json", folded if len(content) > _LONG else "")


def repeated(experiment: Experiment, inspection: Inspection, trained: int) -> Experiment:
    """Return the Experiment whose run comes to this moment's network, at its end if that can be.

    It cannot where rates depend on the number of epochs, where a rule may end training, or of the
    untrained network: then it is the run of so many epochs that the moment is of.
    """
    training = experiment.training
    spans = SCHEDULES[training.schedule].spans_run or training.stop_when != "never"
    if spans or not inspection.epoch:
        return trained_for(experiment, trained)
    made = experiment.edits[: inspection.snapshot.edits]
    ended = experiment.change("training", epochs=inspection.epoch)
    return dataclasses.replace(ended, edits=made)


def _trained(frame: Frame) -> int:
    """Return how many epochs there are of the run."""
    return int(frame.history.column("epoch")[-1]) if len(frame.history) else 0


def _further(frame: Frame) -> int:
    """Return how many mini-batches the moment is from the end of its epoch; 0 if unknown."""
    checkpoint, snapshot = frame.checkpoint, frame.inspection.snapshot
    return 0 if checkpoint is None else snapshot.updates - checkpoint.state.steps
