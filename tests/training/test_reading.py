"""Whatever stands where an experiment should: it is read whole, or refused in a sentence."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nnviz.engine.layers import LAYERS
from nnviz.errors import DataError, InvalidChoiceError, NnvizError
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.reading import experiment_of, parsed
from nnviz.training.setting import Range
from nnviz.training.settings import LAYER_SETTINGS, SETTINGS, default_of, value_at

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
DIGITS = PRESETS["digits-cnn"].experiment


def spoiled(path: str, value: Any, experiment: Experiment = DIGITS) -> dict[str, Any]:
    """Return an experiment's dictionary with something else at a path."""
    values = copy.deepcopy(experiment.to_dict())
    *way, last = path.split(".")
    place: Any = values
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    return values


@pytest.mark.parametrize(
    "training", [{"clip_\ufeffm": 1}, {"loss": "m\u202ese"}, {"optimizer": "\x1b[2Jsgd"}]
)
def test_letters_that_cannot_be_seen_are_not_shown(training: dict[str, Any]) -> None:
    with pytest.raises(NnvizError) as raised:
        Experiment.from_dict({**Experiment().to_dict(), "training": training})
    assert str(raised.value).isprintable()


def test_spoiled_experiments_are_taken_whole_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    outcomes, faults = importlib.import_module("fuzz_experiments").fuzz(2500, seed=0)
    assert not faults
    assert all(outcomes[name] >= 25 for name in ("taken", "not read", "impossible"))


# ----------------------------------------------------------------------------- names, types, places


@pytest.mark.parametrize(
    ("path", "value", "place", "says"),
    [
        ("version", 2, "experiment", "unknown field version"),
        ("training.pace", 2, "experiment.training", "unknown field pace"),
        ("network.layers.0.units", 2, "experiment.network.layers[0]", "unknown field units"),
        ("network.layers.0.kind", "lstm", "experiment.network.layers[0].kind", "lstm"),
        ("network.layers.0.kind", ["dense"], "experiment.network.layers[0].kind", "got list"),
        ("network.layers.0.kernel_size", [3, 3, 3], "network.layers[0].kernel_size", "length 2"),
        ("network.layers", {"0": {}}, "experiment.network.layers", "got object"),
        ("training", None, "experiment.training", "got null"),
        ("training.epochs", "3", "experiment.training.epochs", "Expected int, got str"),
        ("training.epochs", 3.0, "experiment.training.epochs", "Expected int, got float"),
        ("training.epochs", True, "experiment.training.epochs", "Expected int, got bool"),
        ("training.learning_rate", "0.1", "training.learning_rate", "Expected float, got str"),
        ("training.shuffle", 1, "experiment.training.shuffle", "Expected bool, got int"),
        ("training.stop_when", "later", "experiment.training.stop_when", "later"),
        ("training.optimizer_values", {"momentum": "0.5"}, "optimizer_values[...]", "got str"),
        ("preset", None, "experiment.preset", "Expected str, got null"),
        ("data.seed", {1, 2}, "experiment", "set is not JSON"),
        ("data.\ud800", 1, "experiment", "half of a letter"),
    ],
)
def test_what_is_not_as_written_is_refused_with_its_place(path, value, place, says) -> None:
    with pytest.raises(DataError) as caught:
        Experiment.from_dict(spoiled(path, value))
    assert f"{place}” is not as nnviz writes it" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize("missing", ["data", "network", "training", "network.layers"])
def test_what_makes_it_an_experiment_cannot_be_left_out(missing: str) -> None:
    values: Any = DIGITS.to_dict()
    *way, last = missing.split(".")
    del (values[way[0]] if way else values)[last]
    with pytest.raises(DataError, match=f"missing required field {last}"):
        Experiment.from_dict(values)


def test_settings_left_out_have_their_defaults() -> None:
    layers = [{"kind": "dense", "units": 1, "activation": "sigmoid"}]
    read = Experiment.from_dict({"data": {}, "network": {"layers": layers}, "training": {}})
    assert read.training == Experiment().training
    assert read.data == Experiment().data


def test_a_whole_number_is_a_number() -> None:
    read = Experiment.from_dict(spoiled("training.learning_rate", 1))
    assert read.training.learning_rate == 1.0
    assert type(read.training.learning_rate) is float


# ------------------------------------------------------------------------------- numbers and tables

NUMBERS = [path for path, setting in SETTINGS.items() if not isinstance(setting.values, Mapping)]
LAYER_NUMBERS = [
    (kind, field.name)
    for kind, spec in LAYERS.items()
    for field in dataclasses.fields(spec)
    if isinstance(LAYER_SETTINGS[field.name].values, Range) and field.name != "off"
]
NO_NUMBERS = (math.nan, math.inf, -math.inf, "3", 10**400)
NO_VALUES = (*NO_NUMBERS, [], {}, [math.nan])


def beyond(numbers: Range) -> tuple[float, ...]:
    return numbers.low - 1, numbers.high + 1


def within(numbers: Range) -> list[float]:
    return [int(end) if numbers.whole else end for end in (numbers.low, numbers.high)]


@pytest.mark.parametrize("path", NUMBERS)
def test_every_setting_keeps_to_its_range(path: str) -> None:
    numbers = SETTINGS[path].values_in(DIGITS)
    assert numbers is None or isinstance(numbers, Range)
    ends = [True, False] if numbers is None else within(numbers)
    for value in ends:
        assert value_at(Experiment.from_dict(spoiled(path, value)), path) == value
    others = (0, 1) if numbers is None else (*beyond(numbers), True)
    for value in (*NO_VALUES, *others):
        with pytest.raises((DataError, InvalidChoiceError)) as caught:
            Experiment.from_dict(spoiled(path, value))
        assert getattr(caught.value, "field", path) == path
    for value in (*NO_NUMBERS, *others):
        with pytest.raises(InvalidChoiceError) as refused:
            Problem(DIGITS.change(path.split(".")[0], **{path.split(".")[1]: value}))
        assert refused.value.field == path


@pytest.mark.parametrize(("kind", "name"), LAYER_NUMBERS)
def test_every_setting_of_a_layer_keeps_to_its_range(kind: str, name: str) -> None:
    numbers = LAYER_SETTINGS[name].range
    needed = {"dense": {"units": 3}, "conv2d": {"filters": 3}}.get(kind, {})

    def read(value: Any) -> Any:
        given = [value, value] if name == "padding" else value  # two numbers, or a word
        layers = [{"kind": kind, **needed, name: given}, {"kind": "dense", "units": 10}]
        layer = Experiment.from_dict(spoiled("network.layers", layers)).network.layers[0]
        return getattr(layer, name)

    for value in within(numbers):
        assert read(value) in (value, (value, value))
    for value in (*NO_VALUES, *beyond(numbers), True):
        with pytest.raises((DataError, InvalidChoiceError), match=rf"{name}|cannot be"):
            read(value)


@pytest.mark.parametrize("path", [path for path in SETTINGS if path not in NUMBERS])
def test_every_choice_keeps_to_its_table(path: str) -> None:
    if path == "network.layers":
        return  # above
    wrong = ["best"] if SETTINGS[path].many else "best"
    with pytest.raises(NnvizError, match="best"):
        Experiment.from_dict(spoiled(path, wrong))


@pytest.mark.parametrize("path", SETTINGS)
def test_defaults_are_allowed(path: str) -> None:
    setting = SETTINGS[path]
    if path != "network.layers":
        values = setting.values_in(Experiment())
        assert setting.refusal(default_of(path), path, values) is None


@pytest.mark.parametrize("value", [math.nan, "0.5", True, 2.0])
def test_numbers_of_an_entry_keep_to_their_ranges(value: Any) -> None:
    values = spoiled("training.optimizer", "momentum")
    values["training"]["optimizer_values"] = {"momentum": value}
    with pytest.raises(NnvizError, match=r"lie between|got"):
        Experiment.from_dict(values)


# ------------------------------------------------------------------------------- beyond all measure


def nested(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


def endless() -> dict[str, Any]:
    values = DIGITS.to_dict()
    values["data"] = values
    return values


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (lambda: spoiled("network.layers", [{"kind": "flatten"}] * 10**6), "length <= 11"),
        (lambda: spoiled("network.layers", [None] * 10**6), "length <= 11"),
        (lambda: spoiled("data.features", ["x"] * 10**6), "length <= 7"),
        (lambda: spoiled("data.sample", "x" * 10**6), "xxx… cannot|xxx…” cannot|cannot be"),
        (lambda: spoiled("x" * 10**6, 1), "unknown field xxx"),
        (lambda: spoiled("data.seed", 10**5000), r"4300 digits|so large|this large"),
        (lambda: spoiled("data.seed", nested(10**5)), "recursion"),
        (endless, "[Cc]ircular"),
    ],
)
def test_what_is_beyond_all_measure_is_refused_shortly(values, says: str) -> None:
    with pytest.raises(NnvizError, match=says) as caught:
        Experiment.from_dict(values())
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Expecting value"),
        ("{", "Expecting property name"),
        ("[" * 10**5, "recursion"),
        ('{"data": ' * 10**5, "recursion"),
        ('{"training": {"epochs": 1, "epochs": 2}}', "“epochs” is there twice"),
        ('{"training": {"l1": NaN}}', "NaN is no number"),
        ('{"training": {"l1": -Infinity}}', "-Infinity is no number"),
        ("\ufeff{}", "BOM"),
        (b"\xff\xfe\xfd", "decode"),
        ("{}", "missing required field data"),
    ],
)
def test_text_that_is_no_experiment_is_refused(text: str | bytes, says: str) -> None:
    with pytest.raises(DataError, match=says):
        experiment_of(parsed(text))


def test_a_number_too_large_for_a_computer_is_out_of_range() -> None:
    text = json.dumps(DIGITS.to_dict()).replace('"l1": 0.0', '"l1": 1e999')
    with pytest.raises(InvalidChoiceError, match="L1 penalty cannot be a number this large"):
        experiment_of(parsed(text))


@pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
def test_what_was_written_is_read(preset: Any) -> None:
    assert experiment_of(parsed(json.dumps(preset.experiment.to_dict()))) == preset.experiment
