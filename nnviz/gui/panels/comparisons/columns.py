"""The columns of the table of runs: figures of all, and the settings in which they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from nnviz.gui.look.numbers import NOTHING, count, steady
from nnviz.gui.look.texts import phrase, translated
from nnviz.gui.panels.comparisons.lines import LOSSES, METRICS, RunLine, best, incomparable
from nnviz.training.wording import Compared

_WIDEST = ("0.0000", "100.00 %")
"""Figures change many times a second: they have this much room from the beginning."""


@dataclass(frozen=True)
class RunColumn:
    """A column.

    Parameters
    ----------
    group, title
        What stands above it, in two lines.
    texts
        One a line of the table.
    strong
        Lines whose text is bold: the best of all.
    faint
        Lines whose text is less important: a setting as the run that is looked at has it.
    foreign
        Lines whose figure cannot be compared with that of the run that is looked at.
    is_figure
        Whether it is written at the right, digits below digits.
    least
        Texts that have to find room too.
    tip
        What it means.
    is_headline
        Whether it stays in sight, whatever else is scrolled: what came of the runs.
    """

    group: str
    title: str
    texts: tuple[str, ...]
    strong: frozenset[int] = frozenset()
    faint: frozenset[int] = frozenset()
    foreign: frozenset[int] = frozenset()
    is_figure: bool = True
    least: tuple[str, ...] = ()
    tip: str = ""
    is_headline: bool = False


def figure_columns(lines: Sequence[RunLine]) -> list[RunColumn]:
    """Return loss and metric, of the test part first where there is one, and epochs."""
    titles = dict.fromkeys(LOSSES, _tr("Loss")) | dict.fromkeys(METRICS, _metric_title(lines))
    keys = [key for pair in zip(LOSSES, METRICS, strict=True) for key in pair]
    # Whether a run has learnt shows in samples it has not seen.
    keys.sort(key=lambda key: key.startswith("train"))
    told = [key for key in keys if any(line.figures[key] == line.figures[key] for line in lines)]
    found = [_figure_column(lines, key, titles[key], key == told[0]) for key in told]
    epochs = tuple(count(line.epoch) for line in lines)
    tip = _tr("How many epochs each run was trained for.")
    return [*found, RunColumn("", _tr("epochs"), epochs, least=("0,000",), tip=tip)]


def setting_columns(settings: Sequence[Compared]) -> list[RunColumn]:
    """Return the settings that differ; the run that is looked at is the first line."""
    # Above one narrow column its group's title would find no room.
    least = (_tr("Differs in"),) if len(settings) == 1 else ()
    return [_setting_column(setting, least) for setting in settings]


def figure_text(line: RunLine, key: str) -> str:
    """Return a figure as it is written: shares in percent."""
    value = line.figures[key]
    if key in LOSSES or line.metric.task == "regression":
        return steady(value)
    return NOTHING if value != value else f"{100 * value:.2f} %"


def _figure_column(lines: Sequence[RunLine], key: str, group: str, is_headline: bool) -> RunColumn:
    is_train = key.startswith("train")
    return RunColumn(
        group,
        _tr("train") if is_train else _tr("test"),
        tuple(figure_text(line, key) for line in lines),
        strong=best(lines, key),
        foreign=incomparable(lines, key),
        least=(_WIDEST[0] if key in LOSSES else _WIDEST[1], group),
        is_headline=is_headline,
        tip=_tr("{what} of the training samples, after the last epoch.").format(what=group)
        if is_train
        else _tr("{what} of the samples held out, after the last epoch.").format(what=group),
    )


def _setting_column(setting: Compared, least: tuple[str, ...]) -> RunColumn:
    texts = tuple(phrase(text) for text in setting.texts)
    return RunColumn(
        _tr("Differs in"),
        phrase(setting.title),
        texts,
        faint=frozenset(i for i, text in enumerate(texts) if i and text == texts[0]),
        is_figure=False,
        least=least,
        tip=_tr("A setting that is not the same in all these runs: {setting}").format(
            setting=phrase(setting.title)
        ),
    )


def _metric_title(lines: Sequence[RunLine]) -> str:
    titles = {line.metric.title for line in lines}
    return translated(titles.pop()) if len(titles) == 1 else _tr("Accuracy or R²")


def _tr(text: str) -> str:
    return QCoreApplication.translate("RunsPanel", text)
