"""Why does it not learn? One sentence about a run, and what to do, where both are sure.

Each rule has its mathematics; false alarms are worse than silence. Most rules only speak of a
network that is worse than its data allow (`Evidence.is_behind`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnviz.datasets.catalog import SEED_RANGE
from nnviz.engine.layers import Dense
from nnviz.training.choices import with_data, with_stop_when
from nnviz.training.evidence import STILL, Evidence
from nnviz.training.experiment import Experiment
from nnviz.training.history import History
from nnviz.training.inspection import Inspection
from nnviz.training.layer_choices import (
    has_field,
    layer_title,
    with_layer,
    with_layer_added,
    with_layers,
)

Values = Mapping[str, Any]

VANISHED, EXPLODED = 1e-3, 30.0
"""Sizes of an error in the first layer, of 1 at the output. Six layers of sigmoids, whose slope is
at most 1/4, make it 4 in 10,000; networks that learn have between 0.03 and 20."""

LARGE = 10.0
"""Root mean square of an input column that is too large; 1 is right (LeCun et al. 1998)."""

FAR_BELOW, CRAWLING = 50.0, 0.015
"""A rate so many times below the largest stable one is too small, where the loss falls by no more
than that share in a twentieth of the epochs: by no third in all of them."""

PATIENCE, MATTERS = 10, 0.1
"""For so many epochs a held-out loss must be above its minimum, and no less than that share of the
untrained network's."""

ROWS_PER_PARAMETER = 10
"""With so many rows for each parameter, a network may well have more."""

LONGEST = 1_000_000
"""Epochs that a remedy asks for at most."""


@dataclass(frozen=True)
class Rule:
    """One thing that keeps networks from learning.

    Parameters
    ----------
    name
        Stable, such as ``"dead-layer"``.
    test
        Returns what fills the sentences where the rule holds, else None.
    sentence, advice
        What is the matter and what to do: templates for those values, English, to be translated.
    make_remedy
        Does what the advice says; None where nothing is sure to help.
    """

    name: str
    test: Callable[[Evidence], Values | None]
    sentence: str
    advice: str = ""
    make_remedy: Callable[[Experiment, Values], Experiment] | None = None


@dataclass(frozen=True)
class Finding:
    """Why a run does not learn: a rule that holds, and the values for its sentences."""

    rule: Rule
    values: Values

    @property
    def trains_on(self) -> bool:
        """Whether the remedy is more epochs alone, which the run there is may have."""
        return self.rule.make_remedy is _longer

    def remedy(self, experiment: Experiment) -> Experiment | None:
        """Return the Experiment that does what the advice says; None where there is none."""
        make = self.rule.make_remedy
        return None if make is None else make(experiment, self.values)

    def __str__(self) -> str:
        return f"{self.rule.sentence} {self.rule.advice}".strip().format(**self.values)


def diagnose(history: History, inspection: Inspection) -> Finding | None:
    """Return the first of `RULES` that holds, or None.

    It takes milliseconds, and the first time for a problem some dozens: what takes longer is left
    out, and with it the rules that need it.

    Parameters
    ----------
    history
        All epochs so far, at least one.
    inspection
        The newest moment of the same run.
    """
    evidence = Evidence(history, inspection)
    with np.errstate(over="ignore", invalid="ignore"):  # the last losses of a run may be huge
        for rule in RULES:
            values = rule.test(evidence)
            if values is not None:
                return Finding(rule, values)
    return None


# ------------------------------------------------------------------------------------- the tests


def _equal(run: Evidence) -> Values | None:
    # Equal weights get equal gradients, and so stay equal (Goodfellow et al. 2016).
    if run.equal_layer is None:
        return None
    return {"layer": layer_title(run.experiment.network.layers, run.equal_layer)}


def _dead(run: Evidence) -> Values | None:
    # See `Evidence.dead_layer`.
    if run.dead_layer is None:
        return None
    layer = layer_title(run.experiment.network.layers, run.dead_layer)
    return {"layer": layer, "smaller": _rounded(run.rate / 10)}


def _unscaled(run: Evidence) -> Values | None:
    # The largest stable rate is 2/λ, and λ grows with the square of the inputs (LeCun et al. 1998).
    column, size = run.largest_column
    raw = not run.experiment.data.standardize_inputs
    return {"column": column, "size": size} if raw and size > LARGE and run.is_behind else None


def _exploding(run: Evidence) -> Values | None:
    # An error grows by √(fan_out · Var w) · f' a layer (He et al. 2015).
    is_own = run.experiment.network.initializer in ("random_normal", "random_uniform")
    size = run.errors[1] if is_own and run.is_behind else 1.0
    return {"size": size} if size > EXPLODED else None


def _vanishing(run: Evidence) -> Values | None:
    # The same product, far below 1 (Glorot and Bengio 2010), of sigmoids and tanhs.
    hidden = run.experiment.network.layers[:-1]
    can = any(layer.activation in ("sigmoid", "tanh") for layer in hidden)
    if not can or not run.is_behind or run.is_worse_than_untrained:
        return None
    size = max(run.errors)
    return {"parts": _rounded(1.0 / size)} if 0.0 < size < VANISHED else None


def _too_fast(run: Evidence) -> Values | None:
    # Gradient descent with a rate above 2/λ leaves a minimum (LeCun et al. 1998). A little
    # above it may still learn (Cohen et al. 2021): only a loss above that of the untrained network,
    # or one that jumps up and down and does not fall, makes it a finding.
    if not run.is_behind or not run.has_had_a_tenth:
        return None
    jumps = (np.diff(run.recent) > 0.01 * run.recent[:-1]).mean() > 0.25
    bad = run.is_worse_than_untrained or (jumps and run.fall <= 0.0)
    if not bad or run.stable_rate is None or run.rate <= run.stable_rate:
        return None
    stable = run.stable_rate
    return {"rate": run.rate, "stable": stable, "smaller": stable / 2}


def _runs_away(run: Evidence) -> Values | None:
    # A loss that stays above the untrained network's: steps overshoot, whatever the optimiser.
    stays = run.has_run_away or run.recent.min() > 2.0 * run.losses[0]
    if not run.is_behind or not run.has_had_a_tenth or not stays:
        return None
    return {"rate": run.rate, "smaller": run.rate / 3}


def _too_slow(run: Evidence) -> Values | None:
    # Gradient descent needs about 1/(rate · μ) steps for a direction of curvature μ.
    if not run.is_behind or not 0.0 < run.fall < CRAWLING or run.stable_rate is None:
        return None
    times = run.stable_rate / run.rate
    larger = run.stable_rate / 4
    if times < FAR_BELOW:
        return None
    return {"rate": run.rate, "times": _rounded(times), "larger": larger}


def _over_fitting(run: Evidence) -> Values | None:
    # The loss of rows that are not trained on has turned up while that of the others falls.
    part, wait = run.problem.chosen_by, max(PATIENCE, run.tenth // 2)
    if part == "train" or run.experiment.training.stop_when == "validation_loss_rises":
        return None
    losses = np.asarray(run.history.column(f"{part}_loss"))
    best, now, trained = int(losses.argmin()), losses[-wait:].min(), run.recent.mean()
    turned = now > max(1.3 * losses[best], MATTERS * losses[0], 3.0 * trained)
    if not turned or trained > 0.9 * run.losses[best] or len(losses) - best <= wait:
        return None
    return {"epoch": int(run.history.column("epoch")[best]), "times": now / losses[best]}


def _under_fitting(run: Evidence) -> Values | None:
    # At a minimum that is not good: of a network without hidden layers the only one, and of one
    # with many rows for each parameter there is room for more.
    needed = run.inspection.snapshot.parameters.size * ROWS_PER_PARAMETER
    is_small = len(run.experiment.network.layers) == 1 or needed <= run.problem.train.rows
    return {} if run.is_behind and is_small and run.is_at_minimum else None


def _stuck(run: Evidence) -> Values | None:
    # At a minimum that is not good: gradient descent stays there.
    return {"epochs": run.tenth} if run.is_behind and run.is_at_minimum else None


def _unfinished(run: Evidence) -> Values | None:
    # All epochs are done, and the loss still falls, or the gradient grows beside a saddle.
    epochs = int(run.history.column("epoch")[-1])
    if epochs < run.experiment.training.epochs or not run.is_behind:
        return None
    falls = run.fall > (STILL / 5 if run.has_whole_batches else 2 * STILL)
    return {"epochs": epochs} if falls or run.gradient_grows else None


def _constant(run: Evidence) -> Values | None:
    # A column without variance is but another bias.
    return None if run.constant_column is None else {"column": run.constant_column}


# ----------------------------------------------------------------------------------- the remedies


def _with_fitting_weights(experiment: Experiment, values: Values) -> Experiment:
    """Draw weights as fits the activations: He's for ReLU, else Xavier's."""
    relu = any("relu" in layer.activation for layer in experiment.network.layers)
    name = "he_normal" if relu else "glorot_normal"
    return experiment.change("network", initializer=name, initializer_values={})


def _with_relu(experiment: Experiment, values: Values) -> Experiment:
    for place, layer in enumerate(experiment.network.layers[:-1]):
        if layer.activation in ("sigmoid", "tanh"):
            experiment = with_layer(experiment, place, activation="relu")
    return _with_fitting_weights(experiment, values)


def _standardized(experiment: Experiment, values: Values) -> Experiment:
    return with_data(experiment, standardize_inputs=True)


def _with_smaller_rate(experiment: Experiment, values: Values) -> Experiment:
    return experiment.change("training", learning_rate=_rounded(values["smaller"]))


def _with_larger_rate(experiment: Experiment, values: Values) -> Experiment:
    """Divide the gradient but once, where it is divided twice; else take a larger rate."""
    if experiment.training.reduction == "mean_twice":
        return experiment.change("training", reduction="mean")
    return experiment.change("training", learning_rate=_rounded(values["larger"]))


def _larger(experiment: Experiment, values: Values) -> Experiment:
    """Four times as many hidden neurons; of a network without any, a hidden layer."""
    *hidden, output = experiment.network.layers
    if not any(has_field(layer, "units") for layer in hidden):
        return with_layer_added(experiment, Dense.kind)
    grown = (replace(x, units=4 * x.units) if isinstance(x, Dense) else x for x in hidden)
    return with_layers(experiment, [*grown, output])


def _with_next_seed(experiment: Experiment, values: Values) -> Experiment:
    seed = (experiment.training.seed + 1) % SEED_RANGE[1]
    return experiment.change("training", seed=seed)


def _longer(experiment: Experiment, values: Values) -> Experiment:
    return experiment.change("training", epochs=min(5 * experiment.training.epochs, LONGEST))


def _rounded(value: float) -> float:
    """Return a number of two digits, as the sentences say it."""
    return float(f"{value:.2g}")


# -------------------------------------------------------------------------------------- the table

RULES = (
    Rule(
        "equal-neurons",
        _equal,
        "All neurons of layer “{layer}” have the same weights, so that they also have the "
        "same gradient and stay the same.",
        "Let the weights start at random.",
        _with_fitting_weights,
    ),
    Rule(
        "dead-layer",
        _dead,
        "No neuron of layer “{layer}” answers any sample: all samples get the same output, and "
        "only what follows that layer still learns, such as the output's bias.",
        "Try a rate of {smaller:.2g}, or another weight seed.",
        _with_smaller_rate,
    ),
    Rule(
        "unscaled-inputs",
        _unscaled,
        "The column “{column}” is about {size:.3g} in size, where inputs of about 1 train best.",
        "Standardise the inputs.",
        _standardized,
    ),
    Rule(
        "exploding-gradients",
        _exploding,
        "The weights started so large that an error at the output is {size:.0f} times as large in "
        "the first hidden layer: gradients explode.",
        "Let them start smaller, as fits the activations.",
        _with_fitting_weights,
    ),
    Rule(
        "vanishing-gradients",
        _vanishing,
        "Of an error at the output one part in {parts:,.0f} arrives in the first hidden layer: "
        "gradients vanish.",
        "Try ReLU in the hidden layers, with He's weights.",
        _with_relu,
    ),
    Rule(
        "rate-too-large",
        _too_fast,
        "The learning rate of {rate:.3g} is above {stable:.3g}, the largest that is stable for "
        "this loss.",
        "Try a rate of {smaller:.2g}.",
        _with_smaller_rate,
    ),
    Rule(
        "running-away",
        _runs_away,
        "The loss stays above that of the untrained network: steps at a rate of {rate:.2g} are too "
        "large.",
        "Try a rate of {smaller:.2g}.",
        _with_smaller_rate,
    ),
    Rule(
        "rate-too-small",
        _too_slow,
        "Steps at a rate of {rate:.3g} are {times:,.0f} times smaller than they may be: training "
        "crawls.",
        "Take larger steps.",
        _with_larger_rate,
    ),
    Rule(
        "over-fitting",
        _over_fitting,
        "Since epoch {epoch:,} the loss of rows not trained on has grown {times:.2g}-fold: "
        "the network learns the training rows by heart.",
        "Stop early.",
        lambda experiment, values: with_stop_when(experiment, "validation_loss_rises"),
    ),
    Rule(
        "under-fitting",
        _under_fitting,
        "The loss is at its minimum, and yet the training rows can be told better: the network is "
        "too small.",
        "Add hidden neurons.",
        _larger,
    ),
    Rule(
        "stuck",
        _stuck,
        "Loss and gradient have been still for {epochs:,} epochs: training is stuck in a minimum "
        "that is not good.",
        "Try other first weights.",
        _with_next_seed,
    ),
    Rule(
        "unfinished",
        _unfinished,
        "After {epochs:,} epochs the loss is still falling.",
        "Train longer.",
        _longer,
    ),
    Rule(
        "constant-column",
        _constant,
        "The column “{column}” is the same in all training rows, so that nothing can be learned "
        "from it.",
    ),
)
"""Every rule, causes before what follows from them."""
