"""What is trained beside the window's own run: sweeps, and ready-made comparisons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QDialog, QWidget

from nnviz.errors import NnvizError
from nnviz.gui.look.numbers import count
from nnviz.gui.look.texts import phrase, translated
from nnviz.gui.run.parts import RunParts
from nnviz.gui.shell.notices import Notice
from nnviz.gui.slices import Slices, Work, calculated
from nnviz.training.comparisons import (
    COMPARISONS,
    Comparison,
    Variant,
    VariantResult,
    train_variant,
)
from nnviz.training.pool import Jobs, Pool
from nnviz.training.sweep_values import with_value


class Sweeps(QObject):
    """Opens the dialog of sweeps, and trains comparisons, whose runs are then kept."""

    said = Signal(str)
    """How far a comparison has come."""

    seen = Signal(object)
    """What there is to see: Notice."""

    failed = Signal(object)
    """Why there is nothing: NnvizError."""

    def __init__(self, run: RunParts, window: QWidget) -> None:
        super().__init__(window)
        self._store, self._kept, self._window = run.store, run.kept, window
        self.work = Work(self)
        self.work.failed.connect(self.failed)

    def close(self) -> None:
        """End what is under way."""
        self.work.cancel()
        dialog = self._window.findChild(QDialog, "sweepDialog")
        if dialog is not None:
            dialog.close()

    @Slot()
    def open_sweep(self) -> None:
        """Try values of settings of the experiment there is."""
        from nnviz.gui.shell.sweep_dialog import SweepDialog  # brings the plotting library

        if (there := self._window.findChild(QDialog, "sweepDialog")) is not None:
            there.activateWindow()
            return
        dialog = SweepDialog(self._store.experiment, self._window)
        self._store.changed.connect(dialog.show_experiment)
        dialog.values_wanted.connect(self._use)
        dialog.show()

    @Slot(str)
    def compare(self, key: str) -> None:
        """Train the runs of a comparison side by side, over its first experiment."""
        comparison = COMPARISONS[key]
        if self._store.propose(comparison.variants[0].experiment):
            self.work.start(self._comparing(comparison))

    def _comparing(self, comparison: Comparison) -> Slices[str]:
        results: dict[int, VariantResult] = {}
        self._say_progress(comparison, 0)

        def take(
            came: Sequence[tuple[int, VariantResult]], jobs: Jobs[Variant, VariantResult]
        ) -> None:
            results.update(came)
            self._say_progress(comparison, len(results))

        yield from calculated(Pool(), train_variant, comparison.variants, take)
        runs = [results[place] for place in range(len(results))]
        self._kept.replace(
            [
                (translated(variant.name), variant.experiment, run.history)
                for variant, run in zip(comparison.variants, runs, strict=True)
            ]
        )
        log = self._window.findChild(QAbstractButton, "loss-log")
        if log is not None:
            log.setChecked(True)  # weights too large begin at 1,000, and all others would be 0
        sentences = [phrase(sentence) for sentence in comparison.told(runs)]
        self.seen.emit(Notice(" ".join(sentences), good=True))
        return ""

    def _say_progress(self, comparison: Comparison, done: int) -> None:
        text = self.tr("{title}: {done} of {total} runs are trained.")
        title, total = translated(comparison.title), count(len(comparison.variants))
        self.said.emit(text.format(title=title, done=count(done), total=total))

    @Slot(object)
    def _use(self, values: Sequence[tuple[str, object]]) -> None:
        """Enter values of settings, if they can be."""
        experiment = self._store.experiment
        try:
            for path, value in values:
                experiment = with_value(experiment, path, value)
        except NnvizError as error:
            self.failed.emit(error)
        else:
            self._store.propose(experiment)
