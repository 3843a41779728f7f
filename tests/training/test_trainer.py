"""The loop of training: what a step is, what a record says, how a run ends."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import subprocess
import sys

import numpy as np
import pytest

from nnviz.engine.layers import BatchNorm, Dense, Dropout
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.penalties import WeightPenalty
from nnviz.engine.schedules import SCHEDULES
from nnviz.errors import DivergedError
from nnviz.training import problem as problem_module
from nnviz.training.batch_plan import BatchPlan
from nnviz.training.edits import SetTraining
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.layer_choices import layer_title
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.records import EpochRecord
from nnviz.training.trainer import Trainer, overflow_is_checked

HOUSES = Experiment(
    DataChoice("houses", test_fraction=0.25, standardize_inputs=True, standardize_target=True),
    NetworkChoice((Dense(4, "tanh"), Dense(1, "linear"))),
    TrainingChoice("mean_squared_error", learning_rate=0.05, batch_size=20, epochs=5, seed=3),
)
"""75 training rows: three batches of 20 and a last one of 15."""

MOONS = Experiment(
    DataChoice("moons", rows=60, noise=10.0, test_fraction=0.2),
    NetworkChoice((Dense(5, "tanh"), Dense(1, "sigmoid"))),
    TrainingChoice("binary_crossentropy", learning_rate=0.1, epochs=8),
)

RAW_HOUSES = HOUSES.change("data", standardize_inputs=False, standardize_target=False)


def run(trainer: Trainer) -> list[EpochRecord]:
    return [record for record in trainer.steps() if record is not None]


def parameters_after(experiment: Experiment, problem: Problem | None = None) -> np.ndarray:
    trainer = Trainer(experiment, problem=problem)
    run(trainer)
    return trainer.network.parameters


def test_within_an_epoch_the_metric_of_the_last_mini_batch_is_known() -> None:
    trainer = Trainer(MOONS.change("training", batch_size=20, shuffle=False))
    problem, rows = trainer.problem, slice(20, 40)
    assert trainer.batch_metric is None
    trainer.advance(1)
    answers = trainer.network.predict(problem.encode_inputs(problem.dataset.inputs))[
        problem.train.index[rows]
    ]
    trainer.advance(1)
    metric = problem.metric.value(answers.T, problem.train.targets[:, rows], 0.5)
    assert trainer.batch_metric == metric
    trainer.advance(1)
    assert trainer.batch_metric is None


# ------------------------------------------------------------------------------------ same numbers

EVERYTHING_RANDOM = HOUSES.change(
    "training", optimizer="adam", schedule="plateau", l1=0.001, l2=0.001
)
FINGERPRINT = """
import hashlib, sys
from nnviz.training.experiment import Experiment
from nnviz.training.trainer import Trainer
trainer = Trainer(Experiment.from_dict({values!r}))
records = [record for record in trainer.steps() if record]
print(hashlib.sha256(trainer.network.parameters.tobytes() + repr(records).encode()).hexdigest())
"""


def test_same_experiment_same_bits_twice_and_in_another_process() -> None:
    prints = set()
    for _ in range(2):
        trainer = Trainer(EVERYTHING_RANDOM)
        told = repr(run(trainer)).encode()
        prints.add(hashlib.sha256(trainer.network.parameters.tobytes() + told).hexdigest())
    code = FINGERPRINT.format(values=EVERYTHING_RANDOM.to_dict())
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert prints == {done.stdout.strip()}


def test_taking_snapshots_and_figures_on_the_way_changes_nothing() -> None:
    watched = Trainer(HOUSES)
    for _ in watched.steps():
        watched.snapshot()
        watched.evaluate()
    assert np.array_equal(watched.network.parameters, parameters_after(HOUSES))


@pytest.mark.parametrize("part", ["data", "training"])
def test_either_seed_changes_the_run(part: str) -> None:
    other = HOUSES.change(part, seed=99)
    assert not np.array_equal(parameters_after(other), parameters_after(HOUSES))


# -------------------------------------------------------------------------------------- the steps


def test_a_step_is_a_mini_batch_and_a_record_follows_an_epochs_last() -> None:
    trainer = Trainer(HOUSES, run_id=7)
    told, changes = [], 0
    before = trainer.network.parameters.copy()
    for record in trainer.steps():
        told.append(record)
        changes += not np.array_equal(before, trainer.network.parameters)
        before = trainer.network.parameters.copy()
    epochs = [(None, None, None, epoch) for epoch in range(1, 6)]
    assert [record and record.epoch for record in told] == [0, *itertools.chain(*epochs)]
    assert changes == len(told) - 1
    assert {record.run_id for record in told if record} == {7}


def test_record_zero_is_the_untrained_network() -> None:
    trainer = Trainer(HOUSES)
    first = next(trainer.steps())
    assert first == trainer.evaluate()
    assert first.gradient_norms == (None, None)
    assert first.learning_rate == HOUSES.training.learning_rate


def test_full_batch_is_one_step_an_epoch() -> None:
    records = list(Trainer(MOONS).steps())
    assert [record.epoch for record in records if record] == list(range(9))
    assert None not in records


def test_a_batch_larger_than_the_training_part_is_all_of_it() -> None:
    large = HOUSES.change("training", batch_size=100)
    full = HOUSES.change("training", batch_size=None)
    assert np.array_equal(parameters_after(large), parameters_after(full))


def test_shuffling_gives_every_sample_its_turn_in_a_new_order() -> None:
    trainer, orders = Trainer(HOUSES), []
    for record in trainer.steps():
        if record is not None and record.epoch:
            orders.append(trainer._order.copy())
    assert all(sorted(order) == list(range(75)) for order in orders)
    assert len({order.tobytes() for order in orders}) == 5


def test_rate_changed_on_the_way_counts_from_the_next_epoch() -> None:
    trainer, rates = Trainer(HOUSES), []
    for record in trainer.steps():
        if record is None:
            trainer.edit(SetTraining("learning_rate", 0.01))
        elif record.epoch:
            rates.append(record.learning_rate)
    assert rates == [0.05, 0.01, 0.01, 0.01, 0.01]


@pytest.mark.parametrize("name", SCHEDULES)
def test_records_tell_the_schedules_rate(name: str) -> None:
    experiment = HOUSES.change("training", schedule=name, epochs=6)
    schedule = SCHEDULES[name]
    state = schedule.start({p.name: p.default for p in schedule.parameters})
    rates = [record.learning_rate for record in run(Trainer(experiment))[1:]]
    assert rates == [schedule.rate(0.05, epoch, 6, state) for epoch in range(6)]


def test_plateau_sees_the_training_loss() -> None:
    # A rate this small never makes a new best twice in the same digits; one this large never rests.
    stuck = MOONS.change(
        "training",
        learning_rate=1e-9,
        l2=0.0,
        schedule="plateau",
        schedule_values={"patience": 1, "drop": 0.5},
        optimizer="sgd",
        epochs=4,
    ).change("network", initializer="zeros")
    rates = [record.learning_rate for record in run(Trainer(stuck))[1:]]
    losses = [record.train_loss for record in run(Trainer(stuck))[1:]]
    expected, best, factor = [], np.inf, 1.0
    for loss in losses:
        expected.append(1e-9 * factor)
        best, factor = (loss, factor) if loss < best else (best, factor / 2)
    assert rates == expected


# ------------------------------------------------------------------------------------ the figures


class Textbook:
    """HOUSES once more, as a textbook would write it: rows, loops and plain formulas."""

    def __init__(self, experiment: Experiment) -> None:
        self.choice = experiment.training
        self.problem = Problem(experiment)
        first, last = self.problem.new_network().layers
        self.w1, self.b1 = first.weights.T.copy(), first.matrix[:, -1].copy()
        self.w2, self.b2 = last.weights.T.copy(), last.matrix[:, -1].copy()
        self.rng = np.random.default_rng([self.choice.seed, 1])
        self.order = np.arange(self.problem.train.rows)
        dataset = self.problem.dataset
        train = self.problem.train.index
        x, y = dataset.inputs, dataset.targets
        self.x = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
        self.y, self.mean, self.scale = y, y[train].mean(), y[train].std()

    def predict(self, rows: np.ndarray) -> np.ndarray:
        self.a1 = np.tanh(self.x[rows] @ self.w1 + self.b1)
        return (self.a1 @ self.w2 + self.b2) * self.scale + self.mean

    def epoch(self) -> None:
        """Train one."""
        self.rng.shuffle(self.order)
        for start in range(0, len(self.order), 20):
            rows = self.problem.train.index[self.order[start : start + 20]]
            guess = self.predict(rows)
            delta2 = 2 * (guess - self.y[rows]) / self.scale / len(rows)
            delta1 = (delta2 @ self.w2.T) * (1 - self.a1**2)
            rate, l1, l2 = self.choice.learning_rate, self.choice.l1, self.choice.l2
            grad2 = self.a1.T @ delta2 + l1 * np.sign(self.w2) + l2 * self.w2
            grad1 = self.x[rows].T @ delta1 + l1 * np.sign(self.w1) + l2 * self.w1
            self.w2 -= rate * grad2
            self.b2 -= rate * delta2.sum(axis=0)
            self.w1 -= rate * grad1
            self.b1 -= rate * delta1.sum(axis=0)
            self.last = grad2, delta2.sum(axis=0)

    def figures(self, part: str) -> tuple[float, float]:
        """Return mean squared error and R² of what is answered now."""
        rows = self.problem.parts[part].index
        truth = self.y[rows]
        error = ((self.predict(rows) - truth) ** 2).mean()
        return float(error), float(1 - error / truth.var())


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.02, 0.0), (0.0, 0.1), (0.02, 0.1)])
def test_every_figure_of_a_record_recomputed(l1: float, l2: float) -> None:
    experiment = HOUSES.change("training", l1=l1, l2=l2).change("data", validation_fraction=0.2)
    textbook = Textbook(experiment)
    for record in run(Trainer(experiment))[1:]:
        textbook.epoch()
        for part in ("train", "validation", "test"):
            shown = getattr(record, f"{part}_loss"), getattr(record, f"{part}_metric")
            assert shown == pytest.approx(textbook.figures(part), rel=1e-9)
        weights, biases = textbook.last
        size = np.sqrt(np.mean(np.append(weights, biases) ** 2))
        assert record.gradient_norms[1] == pytest.approx(size, rel=1e-9)


def test_the_record_of_an_epoch_is_of_the_network_after_it() -> None:
    """XOR in plain NumPy, the full batch: loss and accuracy after 0, 1, … 10 epochs."""
    experiment = PRESETS["xor-2-4-1"].experiment.change("training", epochs=10)
    trainer = Trainer(experiment)
    w1, b1, w2, b2 = (
        part.copy() for one in trainer.network.layers for part in (one.weights, one.biases.T)
    )
    x, y = trainer.problem.dataset.inputs, trainer.problem.dataset.targets[:, np.newaxis]
    for record in run(trainer):
        h = 1 / (1 + np.exp(-(x @ w1.T + b1)))
        o = 1 / (1 + np.exp(-(h @ w2.T + b2)))
        assert record.train_loss == pytest.approx(((o - y) ** 2).mean(), rel=1e-12)
        assert record.train_metric == ((o > 0.5) == y).mean()
        d2 = 2 * (o - y) * o * (1 - o) / 4
        d1 = (d2 @ w2) * h * (1 - h)
        w2, b2, w1, b1 = w2 - d2.T @ h, b2 - d2.sum(0), w1 - d1.T @ x, b1 - d1.sum(0)


@pytest.mark.parametrize("batch_size", [None, 20])
@pytest.mark.parametrize("layer", [None, Dropout(0.4), BatchNorm()], ids=["plain", "drop", "norm"])
@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_records_are_what_the_network_predicts_at_their_epoch(batch_size, layer, at_once) -> None:
    layers = (Dense(6, "tanh"), *([layer] if layer else []), Dense(1, "sigmoid"))
    experiment = MOONS.change("network", layers=layers).change(
        "training", batch_size=batch_size, epochs=12
    )
    stepwise, records = Trainer(experiment), []
    trainer = Trainer(experiment)
    while not trainer.finished:
        records += trainer.advance(at_once).records()
    for record in records:
        while stepwise.epoch < record.epoch:
            stepwise.advance(1)
        problem = stepwise.problem
        for part in problem.parts.values():
            raw = stepwise.network.predict(
                problem.encode_inputs(problem.dataset.inputs[part.index])
            )
            right = problem.decide(raw) == problem.labels[part.index]
            name = "train" if part is problem.train else "test"
            assert getattr(record, f"{name}_metric") == right.mean()
    assert records[-1] == trainer.evaluate()


def test_of_a_large_part_a_fixed_sample_is_judged() -> None:
    experiment = MOONS.change("data", rows=12_000, test_fraction=0.5).change(
        "training", batch_size=500, epochs=2
    )
    problem = Problem(experiment)
    again = Problem(experiment.change("training", seed=5))
    for name, part in problem.parts.items():
        judged = problem.judged[name]
        assert judged.rows == 4096 < part.rows == 6000
        assert np.isin(judged.index, part.index).all()
        shares = [np.bincount(problem.labels[one.index]) / one.rows for one in (judged, part)]
        assert shares[0] == pytest.approx(shares[1], abs=1 / 4096)
        assert np.array_equal(judged.index, again.judged[name].index)
    trainer = Trainer(experiment)
    last = run(trainer)[-1]
    answers = trainer.network.predict(
        problem.encode_inputs(problem.dataset.inputs[problem.judged["test"].index])
    )
    right = problem.decide(answers) == problem.labels[problem.judged["test"].index]
    assert last.test_metric == right.mean()


def test_early_stopping_goes_by_the_validation_part_and_never_by_the_test() -> None:
    """The best epoch's network is the result; the record of each epoch stays that epoch's."""
    experiment = MOONS.change("data", validation_fraction=0.2, test_fraction=0.2).change(
        "training", stop_when="validation_loss_rises", stop_value=3, learning_rate=3.0, epochs=400
    )
    trainer = Trainer(experiment)
    records = run(trainer)
    losses = [record.validation_loss for record in records[1:]]
    best = int(np.argmin(losses)) + 1
    assert trainer.epoch == len(losses) == best + 3
    assert trainer.network_epoch == trainer.snapshot().epoch == best
    assert trainer.evaluate().validation_loss == losses[best - 1]
    assert trainer.evaluate().epoch == best
    assert trainer.checkpoint().epoch == trainer.epoch


def test_training_on_after_an_early_stop_goes_on_from_the_last_epoch() -> None:
    experiment = MOONS.change("training", learning_rate=3.0, epochs=400, seed=3)
    stopping = experiment.change("training", stop_when="validation_loss_rises", stop_value=3)
    stopped, straight = Trainer(stopping), Trainer(experiment)
    run(stopped)
    end = stopped.epoch
    assert stopped.network_epoch < end
    stopped.extend()
    stopped.advance(10)
    straight.advance(straight.updates_until(stopped.epoch))
    assert np.array_equal(stopped.network.parameters, straight.network.parameters)


@pytest.mark.parametrize(
    ("loss", "figure"),
    [
        ("mean_squared_error", lambda error: (error**2).mean()),
        ("half_mean_squared_error", lambda error: (error**2).mean() / 2),
        ("mean_absolute_error", lambda error: np.abs(error).mean()),
    ],
)
@pytest.mark.parametrize("scaled", [True, False])
def test_regression_losses_are_in_the_targets_own_units(loss, figure, scaled: bool) -> None:
    trainer = Trainer(
        HOUSES.change("training", loss=loss).change("data", standardize_target=scaled)
    )
    run(trainer)
    problem, record = trainer.problem, trainer.evaluate()
    answers = problem.decode_outputs(
        trainer.network.predict(problem.encode_inputs(problem.dataset.inputs))
    )
    error = answers - problem.dataset.targets
    assert record.train_loss == pytest.approx(figure(error[problem.train.index]), rel=1e-9)
    assert record.test_loss == pytest.approx(figure(error[problem.test.index]), rel=1e-9)


@pytest.mark.parametrize("output", ["sigmoid", "tanh"])
def test_accuracy_is_the_share_of_rows_decided_right(output: str) -> None:
    layers = (Dense(5, "tanh"), Dense(1, output))
    experiment = MOONS.change("network", layers=layers).change(
        "training", loss="mean_squared_error"
    )
    trainer = Trainer(experiment)
    run(trainer)
    problem, record = trainer.problem, trainer.evaluate()
    decided = problem.decide(trainer.network.predict(problem.encode_inputs(problem.dataset.inputs)))
    right = decided == problem.dataset.targets
    assert record.train_metric == right[problem.train.index].mean()
    assert record.test_metric == right[problem.test.index].mean()
    assert 0.5 < record.train_metric < 1.0


def test_no_test_part_no_test_figures() -> None:
    records = run(Trainer(HOUSES.change("data", test_fraction=0.0)))
    assert {(record.test_loss, record.test_metric) for record in records} == {(None, None)}


def test_large_parts_are_evaluated_in_pieces_with_the_same_result(monkeypatch) -> None:
    whole = Trainer(HOUSES).evaluate()
    monkeypatch.setattr("nnviz.training.batch_plan.EVALUATION_ROWS", 7)
    pieces = Trainer(HOUSES).evaluate()
    assert pieces.train_loss == pytest.approx(whole.train_loss, rel=1e-12)
    assert pieces.test_metric == pytest.approx(whole.test_metric, rel=1e-12)


@pytest.mark.parametrize(("most", "pieces"), [(7, 7), (16, 16), (21, 16), (40, 32)])
def test_pieces_are_whole_blocks_of_the_compiled_engine(
    monkeypatch: pytest.MonkeyPatch, most: int, pieces: int
) -> None:
    problem = Problem(HOUSES)
    network = problem.blank_network()
    numbers = most * network.numbers_per_sample
    monkeypatch.setattr("nnviz.training.batch_plan.EVALUATION_NUMBERS", numbers)
    plan = BatchPlan(problem, HOUSES.training, network)
    first, *_ = plan.look("train", plan.judgement("train"), 0)
    assert first.x.shape[1] == pieces


def test_test_rows_never_touch_training(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem(HOUSES)
    inputs, targets = problem.dataset.inputs.copy(), problem.dataset.targets.copy()
    inputs[problem.test.index] *= 1000.0
    targets[problem.test.index] -= 500.0
    spoiled = dataclasses.replace(problem.dataset, inputs=inputs, targets=targets)
    monkeypatch.setattr(problem_module, "dataset_of", lambda choice: spoiled)
    clean, dirty = Trainer(HOUSES, problem=problem), Trainer(HOUSES)
    for one, other in zip(run(clean), run(dirty), strict=True):
        assert one.train_loss == other.train_loss
        assert one.test_loss != other.test_loss
    assert np.array_equal(clean.network.parameters, dirty.network.parameters)


# ------------------------------------------------------------------------------------------ ending


@pytest.mark.parametrize(
    ("rule", "reached"),
    [
        ("train_loss", lambda record, value: record.train_loss <= value),
        ("train_metric", lambda record, value: record.train_metric >= value),
    ],
)
def test_stop_rule_ends_at_the_first_epoch_that_meets_it(rule: str, reached) -> None:
    endless = MOONS.change("training", epochs=200)
    halfway = run(Trainer(endless))[100]
    value = halfway.train_loss if rule == "train_loss" else halfway.train_metric
    trainer = Trainer(endless.change("training", stop_when=rule, stop_value=value))
    records = run(trainer)
    assert trainer.should_stop
    assert 1 < records[-1].epoch <= 100
    assert reached(records[-1], value)
    assert not any(reached(record, value) for record in records[1:-1])


def test_extended_run_goes_on_as_if_it_had_been_asked_for_at_once() -> None:
    twice, once = Trainer(HOUSES), Trainer(HOUSES.change("training", epochs=10))
    records = run(twice)
    assert twice.finished
    twice.extend()
    records += run(twice)
    assert records == run(once)
    assert np.array_equal(twice.network.parameters, once.network.parameters)


def test_stop_rule_is_not_asked_again_when_a_run_is_extended() -> None:
    trainer = Trainer(MOONS.change("training", stop_when="train_loss", stop_value=1e9))
    assert run(trainer)[-1].epoch == 1
    trainer.extend()
    assert run(trainer)[-1].epoch == 1 + MOONS.training.epochs
    assert not trainer.should_stop


def by_numpy(experiment: Experiment) -> Experiment:
    return experiment.change("training", engine="numpy")


DIVERGING = [
    RAW_HOUSES.change("training", learning_rate=1.0, epochs=500, batch_size=None),
    RAW_HOUSES.change("training", learning_rate=1.0, epochs=500),
    RAW_HOUSES.change("training", learning_rate=1.0, epochs=500, optimizer="momentum"),
    RAW_HOUSES.change("training", learning_rate=10.0, epochs=500).change(
        "network", layers=(Dense(6, "leaky_relu"), Dense(6, "leaky_relu"), Dense(1, "linear"))
    ),
    RAW_HOUSES.change("training", learning_rate=10.0, epochs=500, batch_size=7).change(
        "network", layers=(Dense(6, "elu"), Dense(1, "linear")), dtype="float32"
    ),
]


class Watched(Trainer):
    """A Trainer by NumPy that looks after every single batch which layer is broken."""

    broken: int | None = None

    def _train(self, start: int, stop: int) -> None:
        for number in range(start, stop):
            super()._train(number, number + 1)
            if self.broken is None and number < self._plan.batches:
                self.broken = self.network.broken_layer()


@pytest.mark.parametrize("experiment", DIVERGING)
def test_divergence_says_where_and_keeps_the_last_state_worth_having(
    experiment: Experiment,
) -> None:
    trainer, states, losses = Watched(by_numpy(experiment)), [], []
    with overflow_is_checked(), pytest.raises(DivergedError) as caught:
        for record in trainer.steps():
            if record is not None:
                states.append(trainer.network.parameters.copy())
                losses.append(record.train_loss)
    error = caught.value
    sound = [loss <= 10 * min(losses[: epoch + 1]) for epoch, loss in enumerate(losses)]
    kept = max(epoch for epoch, is_sound in enumerate(sound) if is_sound)
    assert error.values["epoch"] == len(losses)
    assert trainer.epoch == trainer.snapshot().epoch == error.values["kept"] == kept
    assert np.array_equal(trainer.network.parameters, states[kept])
    assert not trainer.network.gradients.any()
    # Where all layers are finite still, it is the loss that overflowed: the output's doing.
    layers = experiment.network.layers
    broken = len(layers) - 1 if trainer.broken is None else trainer.broken
    assert str(error).startswith(f"Layer “{layer_title(layers, broken)}” grew")


@pytest.mark.parametrize("experiment", DIVERGING)
def test_both_engines_say_the_same_of_a_divergence(experiment: Experiment) -> None:
    told = []
    for asked in (by_numpy(experiment), experiment):
        with overflow_is_checked(), pytest.raises(DivergedError) as caught:
            run(Trainer(asked))
        told.append(str(caught.value))
    assert told[0] == told[1]


@pytest.mark.parametrize(("optimizer", "gain"), [("sgd", 1.0), ("momentum", 1.9)])
def test_the_rate_advised_is_half_of_what_is_stable(optimizer: str, gain: float) -> None:
    """A linear model's loss is a parabola: its largest curvature is 2 × the largest of XᵀX/n."""
    experiment = HOUSES.change("network", layers=(Dense(1, "linear"),)).change(
        "training", optimizer=optimizer, batch_size=None, learning_rate=900.0, epochs=400
    )
    trainer = Trainer(experiment)
    with overflow_is_checked(), pytest.raises(DivergedError, match="computed") as caught:
        run(trainer)
    x = trainer.problem.train.inputs.array()
    curvature = 2 * np.linalg.eigvalsh(x.T @ x / len(x)).max()
    assert caught.value.values["smaller"] == pytest.approx(gain / curvature, rel=1e-3)
    for share, falls in ((1.9, True), (2.2, False)):
        rate = share * gain / curvature
        again = run(Trainer(experiment.change("training", learning_rate=rate)))
        assert (again[-1].train_loss < again[0].train_loss) == falls


def test_without_a_way_to_compute_one_a_third_of_the_rate_is_advised() -> None:
    experiment = RAW_HOUSES.change("training", learning_rate=6.0, epochs=500)
    with overflow_is_checked(), pytest.raises(DivergedError, match="a third") as caught:
        run(Trainer(experiment))
    assert caught.value.values["smaller"] == 2.0


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_after_a_divergence_one_can_train_on_at_a_smaller_rate(optimizer: str) -> None:
    """As if nothing had happened: the optimiser's memory is as finite as the parameters."""
    experiment = HOUSES.change("training", optimizer=optimizer, shuffle=False)
    burnt, careful = Trainer(experiment), Trainer(experiment)
    burnt._rules.base_rate = 1e300  # beyond what anybody can ask for
    with overflow_is_checked(), pytest.raises(DivergedError):
        run(burnt)
    burnt._rules.base_rate = careful.learning_rate
    assert run(burnt) == run(careful)
    assert np.array_equal(burnt.network.parameters, careful.network.parameters)


def test_a_test_part_beyond_all_numbers_stops_training_too(monkeypatch) -> None:
    problem = Problem(HOUSES)
    targets = problem.dataset.targets.copy()
    targets[problem.test.index] = 1e200
    broken = dataclasses.replace(problem.dataset, targets=targets)
    monkeypatch.setattr(problem_module, "dataset_of", lambda choice: broken)
    with overflow_is_checked(), pytest.raises(DivergedError):
        run(Trainer(HOUSES))


# ------------------------------------------------------------------------------------- in the small


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_optimizer_learns_in_both_precisions(optimizer: str, dtype: str) -> None:
    experiment = HOUSES.change("training", optimizer=optimizer, learning_rate=0.01, epochs=40)
    trainer = Trainer(experiment.change("network", dtype=dtype))
    records = run(trainer)
    assert trainer.network.parameters.dtype == dtype
    assert records[-1].train_loss < 0.5 * records[0].train_loss
    assert all(isinstance(value, float) for value in records[-1].row()[1:])


def test_float32_follows_float64() -> None:
    single, double = (
        parameters_after(HOUSES.change("network", dtype=dtype)) for dtype in ("float32", "float64")
    )
    np.testing.assert_allclose(single, double, atol=1e-5)


def test_buffers_stay_where_they_are_from_epoch_to_epoch() -> None:
    trainer, seen = Trainer(by_numpy(HOUSES)), []
    for _ in trainer.steps():
        layers = trainer.network.layers
        seen.append([array.ctypes.data for layer in layers for array in (layer.z, layer.delta)])
    assert seen[1:5] == seen[5:9] == seen[9:13]


def test_sum_is_the_mean_times_the_rows() -> None:
    summed = HOUSES.change("training", batch_size=None, reduction="sum", learning_rate=0.001)
    mean = HOUSES.change("training", batch_size=None, learning_rate=0.075)
    np.testing.assert_allclose(parameters_after(summed), parameters_after(mean), rtol=1e-10)


def test_a_mean_divided_twice_is_the_mean_at_that_smaller_rate() -> None:
    asked = HOUSES.change("training", batch_size=None, learning_rate=0.01)
    twice = asked.change("training", reduction="mean_twice", learning_rate=0.75)
    np.testing.assert_allclose(parameters_after(twice), parameters_after(asked), rtol=1e-10)


def test_penalty_is_left_out_of_the_shown_loss() -> None:
    penalised = Trainer(HOUSES.change("training", l2=10.0))
    assert isinstance(penalised._method.penalty, WeightPenalty)
    assert penalised.evaluate() == Trainer(HOUSES).evaluate()


def test_preset_of_the_tutorial_runs_as_the_tutorial_writes_it() -> None:
    """T3 in the tutorial's own words: summed gradients, half the squared error, rate 0.8."""
    experiment = PRESETS["xor-2-2-1"].experiment.change("training", epochs=50)
    hidden, output = Trainer(experiment).network.layers
    w1, b1 = hidden.weights.T.copy(), hidden.matrix[:, -1].copy()
    w2, b2 = output.weights.T.copy(), output.matrix[:, -1].copy()
    x = np.array([(0, 0), (0, 1), (1, 0), (1, 1)], float)
    y = np.array([[0], [1], [1], [0]], float)
    for _ in range(50):
        a1 = 1 / (1 + np.exp(-(x @ w1 + b1)))
        a2 = 1 / (1 + np.exp(-(a1 @ w2 + b2)))
        delta2 = (a2 - y) * a2 * (1 - a2)
        delta1 = (delta2 @ w2.T) * a1 * (1 - a1)
        w2, b2 = w2 - 0.8 * a1.T @ delta2, b2 - 0.8 * delta2.sum(axis=0)
        w1, b1 = w1 - 0.8 * x.T @ delta1, b1 - 0.8 * delta1.sum(axis=0)
    trained = parameters_after(experiment)
    expected = np.concatenate(
        [np.column_stack((w1.T, b1)).ravel(), np.column_stack((w2.T, b2)).ravel()]
    )
    np.testing.assert_allclose(trained, expected, rtol=1e-10)


# --------------------------------------------------------------------------- many updates at once

SLICED = {
    "full batch": HOUSES.change("training", batch_size=None),
    "batches and a test part": HOUSES,
    "unshuffled": HOUSES.change("training", shuffle=False, optimizer="adam"),
    "plateau": HOUSES.change(
        "training",
        schedule="plateau",
        schedule_values={"patience": 2.0, "drop": 0.5},
        learning_rate=1.5,
        batch_size=None,
    ),
    "stop rule": HOUSES.change("training", stop_when="train_metric", stop_value=0.8, epochs=200),
    "one sample at a time": PRESETS["xor-2-4-1"].experiment.change(
        "training", batch_size=1, epochs=300
    ),
    "pictures": PRESETS["letters-abc"].experiment,
    "dropout": HOUSES.change(
        "network", layers=(Dense(6, "tanh"), Dropout(0.3), Dense(1, "linear"))
    ).change("training", stop_when="train_metric", stop_value=0.7, epochs=200),
}


def rows_of(trainer: Trainer, updates: int) -> np.ndarray:
    """Return all records as rows, so many updates asked for at a time."""
    tables = []
    while not (trainer.finished or trainer.should_stop):
        tables.append(trainer.advance(updates).rows)
    return np.concatenate(tables)


@pytest.mark.parametrize("updates", [1, 7, 100, 100_000])
@pytest.mark.parametrize("name", SLICED)
def test_numbers_do_not_depend_on_how_many_updates_are_asked_for(name: str, updates: int) -> None:
    one, other = Trainer(SLICED[name]), Trainer(SLICED[name])
    records = [record.row() for record in one.steps() if record is not None][1:]
    rows = rows_of(other, updates)
    assert rows.tobytes() == np.array(records).tobytes()
    assert other.epoch == one.epoch == len(records)
    assert other.network.parameters.tobytes() == one.network.parameters.tobytes()


@pytest.mark.parametrize("updates", [1, 7, 100_000])
def test_a_divergence_among_many_epochs_loses_no_record(updates: int) -> None:
    one, other = Trainer(DIVERGING[0]), Trainer(DIVERGING[0])
    records, rows = [], []
    with overflow_is_checked():
        with pytest.raises(DivergedError) as first:
            for record in one.steps():
                records += [] if record is None else [record.row()]
        with pytest.raises(DivergedError) as second:
            while True:
                rows += other.advance(updates).rows.tolist()
    assert np.array(rows).tobytes() == np.array(records[1:]).tobytes()
    assert str(second.value) == str(first.value)
    assert other.network.parameters.tobytes() == one.network.parameters.tobytes()


@pytest.mark.parametrize("rate", [3.0, 5.0])
def test_what_a_divergence_leaves_is_never_worse_than_the_beginning(rate):
    asked = PRESETS["house-prices"].experiment.change("training", l2=0.1, learning_rate=rate)
    trainer = Trainer(asked)
    with overflow_is_checked():
        beginning = trainer.evaluate().train_loss
        with pytest.raises(DivergedError):
            list(trainer.steps())
        assert trainer.evaluate().train_loss <= beginning
