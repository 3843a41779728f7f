"""The report: that it stands alone, is of the network that is looked at, and says so in words."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QFileDialog

from nnviz import cli
from nnviz.gui.export.figure import PanelSnapshot
from nnviz.gui.export.report import PICTURES, report
from nnviz.gui.network import NetworkPanel
from nnviz.gui.offscreen import frame_of
from nnviz.gui.panels import PANELS
from nnviz.gui.slices import finish
from nnviz.training.completion import complete
from nnviz.training.edits import AddUnit, DeletePoint, SetWeight
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS

EVIL = '<script>alert("$1")</script>'


class Reader(HTMLParser):
    """The tags of a page with their attributes, and its cells and paragraphs as texts."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_data(self, data):
        if self.texts:
            self.texts[-1] += data

    def after(self, text: str, count: int = 1) -> list[str]:
        """Return the texts that follow one, as cells do in a table."""
        place = self.texts.index(text)
        return self.texts[place + 1 : place + 1 + count]


def shots(frame):
    kinds = {**PANELS, NetworkPanel.key: NetworkPanel}
    problem = frame.inspection.problem
    return {key: PanelSnapshot(kinds[key], {}, problem, frame) for key in PICTURES}


def page_of(experiment: Experiment) -> Reader:
    frame = frame_of(complete(experiment))
    return Reader(finish(report(shots(frame), frame)))


def small(preset: str, epochs: int = 20) -> Experiment:
    return PRESETS[preset].experiment.change("training", epochs=epochs)


def test_it_stands_alone_and_names_from_data_are_only_words(tmp_path: Path, capsys) -> None:
    table = tmp_path / "evil.csv"
    quoted = EVIL.replace('"', '""')
    rows = [
        f'{i % 9},{i % 7},"{quoted}"' if i % 2 else f"{i % 9},{i % 7},<b>b</b>&" for i in range(30)
    ]
    table.write_text("\n".join(["<i>a</i>,${b},<u>kind</u>", *rows]))
    path = tmp_path / "report.html"
    asked = ["--data", str(table), "--target", "<u>kind</u>", "--epochs", "3"]
    assert cli.main(["train", *asked, "--report", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(path)
    content = path.read_bytes()
    page = Reader(content)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "b", "i", "u", "link", "iframe", "object", "svg"}
    for word in (EVIL, "<b>b</b>&", "<i>a</i>", "${b}"):
        assert word in page.texts
    addresses = [values["src"] for tag, values in page.tags if tag == "img"]
    assert len(addresses) == 5
    assert all(re.match(r"data:image/(png|svg\+xml);base64,", each) for each in addresses)
    given = {name for _, values in page.tags for name in values}
    assert not given & {"href", "style", "onload", "onclick"}
    (policy,) = [
        values["content"]
        for _, values in page.tags
        if values.get("http-equiv") == "Content-Security-Policy"
    ]
    style = re.search(rb"<style>(.*?)</style>", content, re.DOTALL)[1]
    sha256 = base64.b64encode(hashlib.sha256(style).digest()).decode()
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-" + sha256)
    assert all(values["alt"] for tag, values in page.tags if tag == "img")


def test_settings_that_differ_come_first_and_all_others_below() -> None:
    page = page_of(small("two-gaussians").change("training", l2=0.25))
    assert page.after("Learning rate", 2) == ["0.5", "0.1"]
    assert page.after("L2 penalty", 2) == ["0.25", "0"]
    default = page.texts.index("As by default")
    assert page.texts.index("L2 penalty") < default < page.texts.index("L1 penalty")
    assert page.after("Rows") == ["1,000"]
    assert page.after("Hidden 2")[0] == "Dense"


@pytest.mark.parametrize("preset", ["two-gaussians", "house-prices", "letters-abc"])
def test_measures_are_of_the_network_looked_at(preset: str) -> None:
    done = complete(small(preset))
    frame = frame_of(done)
    page = Reader(finish(report(shots(frame), frame)))
    place = page.texts.index("Measures")
    cells = page.texts[page.texts.index("train", place) :][1:4]
    assert float(cells[1]) == pytest.approx(done.final.train_loss, rel=1e-3)
    scored = done.final.train_metric
    shown = float(cells[2].strip(" %").replace("−", "-")) / (100 if "%" in cells[2] else 1)
    assert shown == pytest.approx(scored, abs=1e-3)
    assert page.after("Epoch") == ["20"]


def test_the_experiment_in_it_comes_to_the_same_network_to_the_last_bit() -> None:
    asked = small("xor-2-4-1", 30)
    edits = (SetWeight(0, 0, 1, 2.5, epoch=10), AddUnit(0, epoch=12), DeletePoint(3, epoch=15))
    asked = Experiment(asked.data, asked.network, asked.training, asked.preset, edits)
    done = complete(asked)
    frame = frame_of(done)
    page = Reader(finish(report(shots(frame), frame)))
    for words in ("Hidden 1, neuron 1: 2.5", "add a neuron to Hidden 1", "delete sample 4"):
        assert any(text.endswith(words) for text in page.texts), words
    (text,) = [each for each in page.texts if each.startswith("{")]
    again = complete(Experiment.from_dict(json.loads(text)))
    assert np.array_equal(again.snapshot.parameters, done.snapshot.parameters)


def test_a_fault_that_was_found_is_told() -> None:
    page = page_of(PRESETS["zero-weights"].experiment.change("training", epochs=50))
    (told,) = [text for text in page.texts if "same" in text and "Hidden 1" in text][-1:]
    assert "random" in told or "weights" in told


class Foreign(QTranslator):
    """Says every text of the report in Chinese signs."""

    def translate(self, context, text, disambiguation=None, n=-1):
        return {"en": "zh"}.get(text, f"学{text}") if context == "Report" else None


def test_it_speaks_the_language_of_the_window(qapp) -> None:
    language = Foreign()
    qapp.installTranslator(language)
    try:
        page = page_of(small("xor-2-4-1", 3))
    finally:
        qapp.removeTranslator(language)
    assert page.tags[0] == ("html", {"lang": "zh"})
    titles = [
        text for (tag, _), text in zip(page.tags, page.texts, strict=True) if tag in {"h2", "dt"}
    ]
    ours = [title for title in titles if title.startswith("学")]
    assert {"学Settings", "学Measures", "学How to have it again", "学Epoch"} <= {*ours}


def test_the_window_writes_the_moment_that_is_looked_at(
    window, qtbot, tmp_path, monkeypatch
) -> None:
    window.commands.open_preset("xor-2-4-1")
    window.session.step()
    with qtbot.waitSignal(window.session.state_changed, timeout=20_000):
        window.actions_["train"].trigger()
    qtbot.waitUntil(lambda: window.recording.newest_epoch > 200, timeout=20_000)
    window.session.pause()
    qtbot.waitUntil(lambda: len(window.recording.checkpoints) > 20, timeout=20_000)
    window.recording.show(int(window.recording.checkpoints.epochs[10]))
    frame = window.recording.frame
    path = tmp_path / "page"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(path), ""))
    with qtbot.waitSignal(window.export.said, timeout=30_000) as said:
        window.actions_["export-report"].trigger()
    assert said.args == ["Saved page.html: a page that any browser shows."]
    page = Reader(path.with_suffix(".html").read_bytes())
    (shown,) = page.after("Epoch")
    assert shown.startswith(f"{frame.epoch} of ")
    recorded = frame.history.column("train_loss")[frame.history.row_of(frame.epoch)]
    assert float(page.after("Loss, train")[0]) == pytest.approx(recorded, rel=1e-3)
    (text,) = [each for each in page.texts if each.startswith("{")]
    again = complete(Experiment.from_dict(json.loads(text)))
    assert np.array_equal(again.snapshot.parameters, frame.inspection.snapshot.parameters)


def test_between_two_epochs_it_says_so(window, qtbot, tmp_path, monkeypatch) -> None:
    window.commands.open_preset("digits-softmax")
    qtbot.waitUntil(lambda: len(window.recording.checkpoints) == 1, timeout=20_000)
    window.actions_["step"].trigger()
    qtbot.waitUntil(lambda: window.recording.newest.snapshot.updates == 1, timeout=20_000)
    path = tmp_path / "page.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(path), ""))
    with qtbot.waitSignal(window.export.said, timeout=30_000):
        window.actions_["export-report"].trigger()
    page = Reader(path.read_bytes())
    told = "Of the network after epoch 0 and 1 of the next epoch's mini-batches, as it predicts."
    assert told in page.texts
