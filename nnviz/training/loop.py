"""The loop of training: epochs of one network, and the same for the network that follows it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.arrays import FloatArray
from nnviz.engine.network import Network
from nnviz.engine.training import Batch, Engine, train_batches
from nnviz.training.batch_plan import BatchPlan
from nnviz.training.callbacks import EpochCallbacks
from nnviz.training.checkpoints import RollbackBuffer
from nnviz.training.divergence import SoundState
from nnviz.training.edits import Edit
from nnviz.training.engines import COMPILED, NUMPY, compiled_engine
from nnviz.training.method import method_of
from nnviz.training.problem import Problem
from nnviz.training.records import column_of, new_rows, norms_of
from nnviz.training.succession import order_after, succeed


class TrainingLoop:
    """Trains whole and parts of epochs, and works out their figures; a Trainer says which.

    Parameters
    ----------
    problem
        The data, and how the network begins.
    """

    def __init__(self, problem: Problem) -> None:
        self.epoch = 0
        """Epochs done."""
        self.progress = memoryview(bytearray(8)).cast("q")
        """One number that every batch moves, for whoever watches: `train_batches` has it."""
        self._rates = np.empty(0)
        self._batches_done = 0  # of the epochs under way
        self._build(problem, problem.new_network())

    def _build(
        self,
        problem: Problem,
        network: Network,
        order: NDArray[np.intp] | None = None,
        rng: np.random.Generator | None = None,
    ) -> None:
        """Make ready to train a network, as at the beginning but for what is given."""
        choice = problem.experiment.training
        self.problem, self.network = problem, network
        self._method = method_of(problem.experiment, network)
        self._rules = EpochCallbacks(choice, network.parameters, problem.chosen_by, self.epoch)
        self._plan = BatchPlan(problem, choice, network)
        self._engine: Engine | None = compiled_engine(
            choice, network, self._method, self._plan.largest_batch
        )
        self._order = np.arange(problem.train.rows) if order is None else order
        self._rng = rng or np.random.default_rng([choice.seed, 1])
        self._keep()

    def _keep(self) -> None:
        """Keep the present, to come back to."""
        network, state, order = self.network, self._method.state, None
        generators = [*network.generators]
        if self._plan.shuffles:
            order, generators = self._order, [*generators, self._rng]
        self._kept = RollbackBuffer(network, state, order, generators)
        self._sound = SoundState(RollbackBuffer(network, state, order, generators))

    def _succeed(self, problem: Problem, edit: Edit, number: int) -> None:
        """Go on with another problem, with all that training has come to."""
        rules, method, shuffled = self._rules.state(), self._method, self._plan.shuffles
        following = succeed(self.network, self.problem, problem, edit, number)
        order = order_after(self._order, self.problem, problem)
        self._build(problem, following.network, order, self._rng)
        if self._plan.shuffles and not shuffled:  # nothing keeps the order and chance of before
            self._order = np.arange(problem.train.rows)
            self._rng = np.random.default_rng([problem.experiment.training.seed, 1, number])
        self._method.state.moments[...] = following.vectors(method.state.moments)
        self._method.state.steps = method.state.steps
        # The smallest loss of another network, or of other data, is none to wait for.
        self._rules.resume(dataclasses.replace(rules, patience=None) if edit.alters else rules)
        self._keep()

    @property
    def engine(self) -> str:
        """Name of the engine that trains: ``"compiled"`` or ``"numpy"``."""
        return NUMPY if self._engine is None else COMPILED

    @property
    def batch_metric(self) -> float | None:
        """Metric of the last mini-batch, as it was answered in training; None between epochs."""
        if not self._batches_done:
            return None
        (batch,) = self._plan.passes(self._batches_done - 1, self._batches_done)
        assert batch.y is not None
        problem, engine = self.problem, self._engine
        outputs = self.network.layers[-1].a if engine is None else engine.outputs
        return problem.metric.value(outputs, batch.y, problem.decision_threshold)

    def _begin(self, rates: NDArray[np.float64]) -> None:
        """Fix rate and order of the next epochs."""
        self._rates = rates
        for slot in range(len(rates) if self._plan.shuffles else 0):
            self._plan.shuffle(slot, self._order, self._rng)

    def _train(self, start: int, stop: int) -> None:
        """Hand passes of the plan to the engine."""
        rates = self._rates[np.arange(start, stop) // self._plan.passes_per_epoch]
        passes = self._plan.passes(start, stop)
        train_batches(self.network, self._method, passes, rates, self.progress, self._engine)

    def _run(self, passes: Sequence[Batch]) -> None:
        """Have the engine look at rows, if any, without a step."""
        rates = np.zeros(len(passes))
        train_batches(self.network, self._method, passes, rates, self.progress, self._engine)

    def _figures(self, epochs: int) -> NDArray[np.float64]:
        """Return the records of the epochs in the log, one a row as `EpochRecord.row` has them."""
        plan, rows = self._plan, new_rows(epochs, len(self.network.layers))
        self._run(plan.last_look(epochs))
        column_of(rows, "epoch")[:] = np.arange(self.epoch + 1, self.epoch + epochs + 1)
        column_of(rows, "learning_rate")[:] = self._rates
        for name, outputs in plan.outputs.items():
            plan.judge(rows, name, outputs, self._engine)
        norms_of(rows)[:] = self._gradient_sizes(plan.gradients[:epochs])
        return rows

    def _is_finite(self, rows: NDArray[np.float64]) -> bool:
        losses = [column_of(rows, f"{name}_loss") for name in self._plan.outputs]
        # Once a parameter is NaN or infinite it stays so: looking at the last epoch is enough.
        return bool(np.isfinite(losses).all() and np.isfinite(self.network.parameters).all())

    def _judged(self) -> NDArray[np.float64]:
        """Return the record of the network as it is now but for its epoch, as a row of a table."""
        rows = new_rows(1, len(self.network.layers))
        for name in self._plan.outputs:
            outputs = self._plan.judgement(name)
            self._run(self._plan.look(name, outputs, 0))
            self._plan.judge(rows, name, outputs, self._engine)
        if self._method.state.steps:  # before the first there is no gradient
            gradients = self.network.trained_gradients[np.newaxis]
            norms_of(rows)[:] = self._gradient_sizes(gradients)
        return rows

    def _gradient_sizes(self, gradients: FloatArray) -> FloatArray:
        return (self._engine or self.network).gradient_sizes(gradients)

    def _repeat_until_broken(self) -> int:
        """Train the same epoch again, looking after each batch; return the layer that broke first.

        Looking costs time, so that it is done only when something is known to have happened. NumPy
        does it, which has arrays to look into.
        """
        engine, self._engine = self._engine, None
        try:
            return self._broken_layer()
        finally:
            self._engine = engine

    def _broken_layer(self) -> int:
        self._begin(self._rates)
        for number in range(self._plan.batches):
            self._train(number, number + 1)
            broken = self.network.broken_layer()
            if broken is not None:
                return broken
        for name in self._plan.outputs:  # finite parameters may answer beyond all numbers
            self._run(self._plan.look(name, self._plan.judgement(name), 0))
            broken = self.network.broken_layer()
            if broken is not None:
                return broken
        return len(self.network.layers) - 1
