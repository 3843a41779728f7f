"""Whole captchas in the output panel: a window slides along them, and their digits are read."""

from __future__ import annotations

import argparse
import dataclasses
import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QSlider, QSpinBox
from pytestqt.qtbot import QtBot

from nnviz import cli
from nnviz.datasets import images
from nnviz.datasets.catalog import load_sample
from nnviz.gui.look.theme import LIGHT
from nnviz.gui.panels.outputs import captchas as view_module
from nnviz.gui.panels.outputs import views_for
from nnviz.gui.panels.outputs.captchas import CaptchaView
from nnviz.training import reading_captchas
from nnviz.training.completion import Completed
from nnviz.training.history import History
from nnviz.training.images import CAPTCHA_CHARACTERS
from nnviz.training.inspection import Inspection
from nnviz.training.problem import Problem
from nnviz.training.reading_captchas import predictor, read
from nnviz.training.trainer import Trainer

from .panel_cases import in_theme

COUNT = 70


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    """A network that has trained a little on some windows."""
    whole = load_sample("captchas")
    rows = np.r_[:640, whole.rows - 64 : whole.rows]
    small = dataclasses.replace(
        whole, inputs=whole.inputs[rows], targets=whole.targets[rows], fixed_test_rows=64
    )
    trainer = Trainer(
        CAPTCHA_CHARACTERS.experiment, problem=Problem(CAPTCHA_CHARACTERS.experiment, small)
    )
    trainer.advance(20)
    return trainer


@pytest.fixture
def view(qtbot: QtBot, trainer: Trainer, monkeypatch) -> CaptchaView:
    """The view of a few captchas, every second of which is what the network reads."""
    some = images.whole_captchas("captchas")
    pictures, places = some.pictures[:COUNT], some.places[:COUNT]
    digits = read(predictor(trainer.problem, trainer.network.parameters), pictures).labels
    digits[1::2] = (digits[1::2] + 1) % 10
    known = images.Captchas(pictures, digits.astype(np.uint8), places)
    for module in (view_module, reading_captchas):
        monkeypatch.setattr(module, "whole_captchas", lambda _: known)
    return made(qtbot, trainer)


def made(qtbot: QtBot, trainer: Trainer, bare: bool = False) -> CaptchaView:
    view = in_theme(CaptchaView(), LIGHT)
    qtbot.addWidget(view)
    view.bare = bare
    view.resize(360, 420)
    view.begin(trainer.problem)
    view.show()
    view.show_moment(Inspection(trainer.problem, trainer.snapshot()), 0)
    return view


def test_the_share_is_the_command_lines_and_worked_out_while_the_window_lives(
    qtbot: QtBot, view: CaptchaView, trainer: Trainer
) -> None:
    assert views_for(trainer.problem)[0] is CaptchaView
    assert not view.right, "it is worked out aside"
    qtbot.waitUntil(lambda: len(view.right.get("found", ())) == COUNT)
    snapshot, final, history = trainer.snapshot(), trainer.evaluate(), History(9)
    history.append(final)
    parts = history, snapshot, final, 1.0, trainer.checkpoint()
    done = Completed(trainer.problem.experiment, trainer.problem, *parts)
    told = cli._figures(argparse.Namespace(preset=""), done)["whole_captchas"]
    assert told == {
        "captchas": COUNT,
        **{way: float(right.mean()) for way, right in view.right.items()},
    }
    assert told["found"] == 0.5
    assert "50" in view.shares.text() and "70" in view.shares.text()
    picture = made(qtbot, trainer, bare=True)
    assert np.array_equal(picture.right["found"], view.right["found"]), "all is known at once"
    copy = CaptchaView()
    qtbot.addWidget(copy)
    copy.bare = True
    copy.begin(trainer.problem)
    copy.restore_view({**view.view_state(), "judged": (None, {})})
    copy.show_moment(Inspection(trainer.problem, trainer.snapshot()), 0)
    few = reading_captchas.AT_A_TIME
    assert np.array_equal(copy.right["found"], view.right["found"][:few]), "nobody waits for it"


def test_what_has_begun_to_learn_is_not_judged_by_what_it_was(
    qtbot: QtBot, view: CaptchaView, trainer: Trainer, monkeypatch
) -> None:
    judged, judge = [], reading_captchas.judge

    def slowly(predict, captchas, rows):
        judged.append((predict, rows.start))
        time.sleep(0.2)
        return judge(predict, captchas, rows)

    monkeypatch.setattr(reading_captchas, "judge", slowly)
    monkeypatch.setattr(view_module, "_JUDGE_SECONDS", 0.02)
    view.begin(trainer.problem)
    view.show_moment(Inspection(trainer.problem, trainer.snapshot()), 0)
    qtbot.waitUntil(lambda: bool(judged))
    while len({predict for predict, _ in judged}) < 2 and len(judged) < 4:
        view.show_moment(Inspection(trainer.problem, trainer.snapshot()), 0)
        qtbot.wait(20)
    first, last = judged[0][0], judged[-1][0]
    assert [start for predict, start in judged if predict is first] == [0]
    assert last is not first


def test_wrong_ones_are_gone_to_and_equal_parts_are_read_elsewhere(
    qtbot: QtBot, view: CaptchaView
) -> None:
    qtbot.waitUntil(lambda: len(view.right.get("found", ())) == COUNT)
    buttons = {button.text(): button for button in view.findChildren(QAbstractButton)}
    number = view.findChild(QSpinBox, "output-captchas-captcha")
    assert "✓" in view.verdict()
    for wrong in (2, 4):
        buttons["Wrong ›"].click()
        assert number.value() == wrong
        assert "✗, actual" in view.verdict()
    before = view.plot.grab().toImage()
    buttons["Equal parts"].click()
    assert view.here()[0].tolist() == list(images.EQUAL_PARTS)
    assert view.plot.grab().toImage() != before
    other = CaptchaView()
    qtbot.addWidget(other)
    other.begin(view.problem)
    other.restore_view(view.view_state())
    assert other.captcha == 3 and other.way == "equal_parts"
    assert other.right is view.right


def test_the_window_slides_and_the_network_that_is_drawn_looks_through_it(
    qtbot: QtBot, view: CaptchaView
) -> None:
    seen = []
    view.move_wanted.connect(seen.append)
    slider = view.findChild(QSlider, "output-captchas-column")
    slider.setValue(30)
    before = view.plot.grab().toImage()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    picture = view.captchas.pictures[0]
    assert seen[-1] == tuple(picture[:, 31 - 12 : 31 + 12].ravel().tolist())
    assert view.plot.grab().toImage() != before
    slider.setValue(slider.maximum() - 1)
    view.play.click()
    qtbot.waitUntil(lambda: slider.value() == slider.maximum())
    assert not view.play.isChecked(), "it ends there"
    view.play.click()
    assert view.play.isChecked() and slider.value() == 0
    view.hide()
    assert seen[-1] is None and not view.play.isChecked()
