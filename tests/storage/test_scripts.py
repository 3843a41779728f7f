"""Scripts do what nnviz does, without it; parameters are what other programs read."""

from __future__ import annotations

import ast
import contextlib
import csv
import dataclasses
import io
import json
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnviz import cli, cli_export
from nnviz.datasets.dataset import Dataset
from nnviz.datasets.own.proposal import propose
from nnviz.datasets.preprocessing import PLANE_FEATURES
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layers import (
    LAYERS,
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    MaxPool2D,
)
from nnviz.engine.losses import LOSSES
from nnviz.engine.metrics import METRICS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.errors import InvalidChoiceError
from nnviz.storage.parameters import PARAMETER_FORMATS, named_parameters
from nnviz.storage.scripts import layers, snippets
from nnviz.storage.scripts.kinds import SCRIPTS, script_files
from nnviz.training.choices import starting_point
from nnviz.training.completion import Completed, complete
from nnviz.training.editing import edited
from nnviz.training.edits import (
    AddPoint,
    AddUnit,
    DeletePoint,
    Edit,
    SetTraining,
    SetWeight,
    SwitchOff,
)
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem
from nnviz.training.settings import SETTINGS

TABLES = {
    "activations": (ACTIVATIONS, snippets.ACTIVATION_CODE),
    "losses": (LOSSES, snippets.LOSS_CODE),
    "optimizers": (OPTIMIZERS, snippets.OPTIMIZER_CODE),
    "schedules": (SCHEDULES, snippets.SCHEDULE_CODE),
    "initializers": (INITIALIZERS, snippets.FIRST_CODE),
    "features": (PLANE_FEATURES, snippets.FEATURE_CODE),
    "metrics": (METRICS, snippets.METRIC_CODE),
    "stop rules": (SETTINGS["training.stop_when"].table, snippets.STOP_CODE),
    "layers": (LAYERS, layers.LAYER_CODE),
}

IRIS = starting_point("iris").change(
    "training", epochs=3, batch_size=7, optimizer="sgd", learning_rate=0.1
)
PICTURES = (
    PRESETS["digits-cnn"]
    .experiment.change("training", epochs=1, batch_size=400)
    .change("network", dtype="float64")
)
"""The smallest there are: 8 by 8."""


def test_every_entry_of_a_table_has_its_snippet() -> None:
    for table, (entries, code) in TABLES.items():
        assert set(code) == set(entries), table


# -------------------------------------------------------------------- the same numbers, everywhere


def _activations() -> Iterator[Experiment]:
    for name, entry in ACTIVATIONS.items():
        if entry.trains_by_gradient and not entry.couples_units:
            yield IRIS.change("network", layers=(Dense(5, name), Dense(3, "softmax")))
    yield IRIS.change("training", loss="mean_squared_error", reduction="sum", learning_rate=0.01)
    two = (Dense(4, "tanh", use_bias=False), Dense(3, "tanh"))
    twice = IRIS.change("training", loss="mean_squared_error", reduction="mean_twice")
    yield twice.change("network", layers=two)


def _losses() -> Iterator[Experiment]:
    for name, loss in LOSSES.items():
        sample = "houses" if "regression" in loss.tasks else "two-gaussians"
        asked = starting_point(sample).change("data", rows=60, seed=3)
        if loss.output_activations:
            last = Dense(2 if loss.fused_with == "softmax" else 1, loss.fused_with)
            hidden = () if name == "perceptron" else (Dense(3, "tanh"),)
            asked = asked.change("network", layers=(*hidden, last))
        yield asked.change("training", epochs=3, loss=name, batch_size=9, learning_rate=0.01)


def _methods() -> Iterator[Experiment]:
    for name in OPTIMIZERS:
        limits = {"l2": 0.01, "clip_norm": 0.5}
        yield IRIS.change("training", optimizer=name, learning_rate=0.01, **limits)
    for name in SCHEDULES:
        values = {"step": {"every": 2}, "plateau": {"patience": 1}}.get(name, {})
        more = {"l1": 0.01, "clip_value": 0.05, "schedule_values": values}
        yield IRIS.change("training", schedule=name, **more)
    for name in INITIALIZERS:
        yield IRIS.change("network", initializer=name, bias_initializer=name)


def _ends_and_samples() -> Iterator[Experiment]:
    for rule, value in (("train_loss", 1.0), ("train_metric", 0.5), ("validation_loss_rises", 1)):
        asked = IRIS.change("training", stop_when=rule, stop_value=value, learning_rate=0.3)
        yield asked.change("training", epochs=20).change("data", validation_fraction=0.2)
    weighed = IRIS.change("training", class_weights="balanced")
    yield weighed.change("data", test_fraction=0.33)
    circle = starting_point("circle").change("training", epochs=3, batch_size=11, shuffle=False)
    circle = circle.change("data", rows=60, standardize_inputs=True)
    yield circle.change("data", features=tuple(PLANE_FEATURES))
    yield circle.change("data", points=(AddPoint((1.0, 2.0), 1.0), DeletePoint(3)))
    sine = starting_point("sine").change("training", epochs=2)
    yield sine.change("data", rows=40, validation_fraction=0.1, standardize_target=True)


def _pictures() -> Iterator[Experiment]:
    yield PICTURES
    gelu = Conv2D(3, (3, 2), strides=(1, 2), padding="same", activation="gelu", use_bias=False)
    elu = Conv2D(2, (2, 2), padding=(1, 0), activation="elu")
    means = (gelu, AveragePool2D((2, 2), strides=(1, 1)), elu, MaxPool2D((3, 2), strides=(1, 1)))
    asked = PICTURES.change("data", standardize_inputs=True)
    yield asked.change("network", layers=(*means, GlobalAveragePool2D(), Dense(10, "softmax")))
    silent = (Dropout(0.1), Conv2D(2, 3), Dropout(0.1), Flatten(), Dense(10, "sigmoid"))
    said = PICTURES.change("training", loss="binary_crossentropy")
    yield said.change("network", layers=silent)
    rows = (Dense(6, "relu"), Dropout(0.3), Dense(4, "tanh"), Dropout(0.2), Dense(3, "softmax"))
    yield IRIS.change("network", layers=rows)


def _colours() -> Iterator[Experiment]:
    asked = PRESETS["shapes-cnn"].experiment.change("training", epochs=1, batch_size=500)
    asked = asked.change("network", dtype="float64")
    small = (Conv2D(3, 4, 4, activation="relu"), Flatten(), asked.network.layers[-1])
    for scales in (False, True):  # bytes, which have a unit
        yield asked.change("network", layers=small).change("data", standardize_inputs=scales)


def _normalised() -> Iterator[Experiment]:
    rows = (BatchNorm(0.9), Dense(6, "relu", use_bias=False), BatchNorm(), Dense(3, "softmax"))
    asked = IRIS.change("network", layers=rows).change("training", batch_size=11)
    yield asked
    stopped = asked.change("training", stop_when="validation_loss_rises", stop_value=1, epochs=30)
    yield stopped.change("data", validation_fraction=0.2).change("training", learning_rate=0.4)
    channels = (Conv2D(3, 3), BatchNorm(0.8, 0.01), Conv2D(2, 2, 2, activation="relu"))
    after = (BatchNorm(0.5), Flatten(), BatchNorm(0.5), Dense(10, "softmax"))
    few = PICTURES.change("training", batch_size=300)
    yield few.change("network", layers=(*channels, *after))


def _by_hand() -> Iterator[Experiment]:
    rate, l2 = (SetTraining(name, 0.02, epoch=2) for name in ("learning_rate", "l2"))
    weight, bias = SetWeight(0, 3, 1, 0.5, epoch=2), SetWeight(1, 2, None, -1.5, epoch=3)
    for optimizer in ("sgd", "adam"):
        asked = IRIS.change("training", optimizer=optimizer, l2=0.1, epochs=5, learning_rate=0.05)
        yield dataclasses.replace(asked, edits=(rate, l2, weight, bias))
    on = [SetTraining(name, 0.05, epoch=1) for name in ("l1", "clip_value")]
    off = [SetTraining("l1", 0.0, epoch=2), SetTraining("clip_value", None, epoch=2)]
    few = [SetTraining("batch_size", 20.0, epoch=1)]
    yield dataclasses.replace(IRIS, edits=(*on, *few, *off))
    norm = SetTraining("clip_norm", 0.1, epoch=1)
    yield dataclasses.replace(IRIS, edits=(norm, dataclasses.replace(norm, value=None, epoch=2)))
    decays = IRIS.change("training", schedule="time_decay")
    yield dataclasses.replace(decays, edits=(SetWeight(0, 0, 0, 2.0), rate))
    kernel = SetWeight(2, 5, 4 * 9 + 7, 0.7, epoch=1)  # channel 4, row 2, column 1
    yield dataclasses.replace(PICTURES.change("training", epochs=2), edits=(kernel,))


def written(done: Completed, folder: Path, kind: str, name: str = "made") -> Path:
    """Write a script of a finished run, with what belongs beside it."""
    made = folder / f"{name}-{kind}.py"
    asked = SCRIPTS[kind], done.experiment, done.problem, done.snapshot.parameters, made
    for path, content in script_files(*asked).items():
        path.write_bytes(content)
    return made


def run(script: Path) -> dict[str, Any]:
    """Run a script in this process; return its names."""
    with contextlib.redirect_stdout(io.StringIO()):
        return runpy.run_path(str(script))


@pytest.mark.parametrize(
    "cases",
    [
        _activations,
        _losses,
        _methods,
        _ends_and_samples,
        _pictures,
        _colours,
        _normalised,
        _by_hand,
    ],
)
def test_a_script_comes_to_the_same_loss(cases: Any, tmp_path: Path) -> None:
    for number, asked in enumerate(cases()):
        done = complete(asked)
        names = run(written(done, tmp_path, "numpy", str(number)))
        for part in done.problem.parts:
            loss, metric = names["figures"](part)
            assert loss == pytest.approx(getattr(done.final, f"{part}_loss"), abs=1e-9), asked
            assert metric == pytest.approx(getattr(done.final, f"{part}_metric"), abs=1e-9)
        for kind in ("predict", "pytorch"):
            ast.parse(written(done, tmp_path, kind, str(number)).read_text())
    # Nothing that is not used, and nothing that is used and not there.
    lint = ["-m", "ruff", "check", "--isolated", "--select=E,F,I,W", "--line-length=88"]
    told = subprocess.run(
        [sys.executable, *lint, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout


def child(script: Path, *arguments: str, **options: Any) -> str:
    command = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("key", "epochs"), [("xor-2-4-1", 200), ("house-prices", 50), ("digits-mlp", 2)]
)
def test_a_script_runs_alone(key: str, epochs: int, tmp_path: Path) -> None:
    done = complete(PRESETS[key].experiment.change("training", epochs=epochs))
    said = child(written(done, tmp_path, "numpy")).splitlines()
    is_exact = done.problem.dtype == np.float64
    (told,) = [line for line in said if line.startswith("train: loss ")]
    found = float(told.split()[2].rstrip(","))
    assert found == pytest.approx(done.final.train_loss, rel=1e-5 if is_exact else 1e-3)
    row = done.problem.dataset.inputs[done.problem.train.index[0]]
    answered = child(written(done, tmp_path, "predict"), input=" ".join(map(str, row)))
    network = done.problem.blank_network(done.snapshot.parameters)
    outputs = network.predict(done.problem.encode_inputs(row[np.newaxis]))
    if done.problem.dataset.task == "regression":
        value = done.problem.decode_outputs(outputs)[0, 0]
        assert float(answered.split()[1]) == pytest.approx(value)
    else:
        (decided,) = done.problem.decide(outputs)
        assert answered.splitlines()[0] == done.problem.dataset.class_names[decided]


def test_few_samples_are_shown_with_their_answers(tmp_path: Path) -> None:
    done = complete(PRESETS["xor-2-4-1"].experiment)
    last = child(written(done, tmp_path, "numpy")).splitlines()[-4:]
    shown = [line.split(" -> [") for line in last]
    assert [row for row, _ in shown] == ["[0 0]", "[0 1]", "[1 0]", "[1 1]"]
    for (_, told), wanted in zip(shown, (0, 1, 1, 0), strict=True):
        answer, expected = told.split("] expected ")
        assert abs(float(answer) - wanted) < 0.2
        assert expected == f"[{wanted}]"


def test_a_script_that_predicts_normalises_by_the_averages_of_training(tmp_path: Path) -> None:
    for asked in _normalised():
        done = complete(asked)
        row = done.problem.dataset.inputs[:1]
        network = done.problem.blank_network(done.snapshot.parameters)
        (shares,) = network.predict(done.problem.encode_inputs(row))
        said = child(written(done, tmp_path, "predict"), input=" ".join(map(str, row[0])))
        told = [float(line.split()[0]) for line in said.splitlines()[1:]]
        assert told == pytest.approx(shares, abs=1e-4)


@pytest.mark.parametrize("asked", [IRIS, PICTURES], ids=["dense", "convolution"])
def test_float32_takes_the_same_first_step(asked: Experiment, tmp_path: Path) -> None:
    asked = asked.change("network", dtype="float32").change("training", batch_size=None, epochs=1)
    done = complete(asked.change("data", test_fraction=0.8))
    names = run(written(done, tmp_path, "numpy"))
    own = named_parameters(done.problem.blank_network(done.snapshot.parameters)).values()
    for mine, theirs in zip(names["parameters"], own, strict=True):
        assert mine.dtype == np.float32
        assert np.allclose(mine, theirs, rtol=0, atol=1e-5)


def test_pytorch_has_the_layers_and_what_moves_them(tmp_path: Path) -> None:
    text = written(complete(PICTURES), tmp_path, "pytorch").read_text()
    assert [line.strip() for line in text.splitlines() if line.startswith("    nn.")] == [
        "nn.ZeroPad2d((1, 1, 1, 1)),",
        "nn.Conv2d(1, 8, (3, 3), stride=(1, 1)),",
        "nn.ReLU(),",
        "nn.MaxPool2d((2, 2), stride=(2, 2)),",
        "nn.ZeroPad2d((1, 1, 1, 1)),",
        "nn.Conv2d(8, 16, (3, 3), stride=(1, 1)),",
        "nn.ReLU(),",
        "nn.Flatten(),",
        "nn.Dropout(0.25),",
        "nn.Linear(256, 10),",
    ]
    assert "torch.optim.Adam(" in text
    assert "F.cross_entropy(z, y" in text
    assert "mask" not in text
    text = written(complete(PRESETS["perceptron-and"].experiment), tmp_path, "pytorch").read_text()
    assert "a = torch.where(z >= 0, 1, -1)" in text  # PyTorch's own sign of 0 is 0
    *_, kernel = _by_hand()
    text = written(complete(kernel), tmp_path, "pytorch").read_text()
    assert "        model[5].weight[5, 4, 2, 1] = 0.7" in text


def test_a_table_of_ones_own_goes_along(tmp_path: Path) -> None:
    lines = ["面积,floor,colour,price"]
    for row in range(40):
        floor = "NA" if row % 9 == 4 else str(row % 5)
        lines.append(f"{50 + row * 7 % 31},{floor},{('red', 'blue', 'green')[row % 3]},{row * 2.5}")
    table = tmp_path / "flats.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    asked = starting_point("own", propose(table, "price").data).change("training", epochs=5)
    done = complete(asked)
    names = run(written(done, tmp_path, "numpy"))
    for part in done.problem.parts:
        loss, _ = names["figures"](part)
        assert loss == pytest.approx(getattr(done.final, f"{part}_loss"), rel=1e-9)
    text = (tmp_path / "made-numpy.py").read_text(encoding="utf-8")
    assert "# A row of x has 面积, floor, colour = blue, colour = green" in text
    assert "its words are columns of 0 and 1" in text
    row = done.problem.dataset.inputs[:1]
    network = done.problem.blank_network(done.snapshot.parameters)
    wanted = done.problem.decode_outputs(network.predict(done.problem.encode_inputs(row)))[0, 0]
    said = child(written(done, tmp_path, "predict"), *map(str, row[0]))
    assert float(said.split()[1]) == pytest.approx(wanted)
    text = (tmp_path / "made-predict.py").read_text(encoding="utf-8")
    assert "the input of the word is 1 and its others are 0" in text


def test_arrays_are_not_called_a_table_with_words_and_gaps(tmp_path: Path) -> None:
    rows = np.arange(60.0).reshape(20, 3)
    np.savez(tmp_path / "mine.npz", x=rows, y=rows[:, 0] % 2)
    command = ["export", "--data", str(tmp_path / "mine.npz"), "--epochs", "1", "--as"]
    for kind in ("numpy", "predict"):
        path = tmp_path / f"mine-{kind}.py"
        assert cli.main([*command, kind, "--output", str(path)]) == 0
        text = path.read_text(encoding="utf-8")
        assert "A row of x has" in text or "inputs = [" in text
        assert "table" not in text and "word" not in text


def test_every_input_but_a_pixel_is_asked_for_by_its_name(tmp_path: Path) -> None:
    for sample, named in (
        ("breast-cancer", "worst radius"),
        ("letters-abc", "30 numbers in a row"),
    ):
        path = tmp_path / f"{sample}.py"
        asked = ["--sample", sample, "--epochs", "1", "--as", "predict", "--output", str(path)]
        assert cli.main(["export", *asked]) == 0
        assert named in path.read_text(encoding="utf-8")


# ------------------------------------------------------------------------------ nothing from data

HOSTILE = (
    '""" + quit() + """',
    "'); quit() #",
    "line\nquit()",
    "\\",
    "a\u202eb\u2066",
    "{quit()}",
    "ÄÖ字",
)


def test_names_of_data_stay_names(tmp_path: Path) -> None:
    inputs = np.random.default_rng(0).normal(size=(40, len(HOSTILE)))
    labels = np.arange(40) % len(HOSTILE)
    data = Dataset("own", "classification", inputs, labels, HOSTILE, HOSTILE, HOSTILE[0])
    last = Dense(len(HOSTILE), "softmax")
    how = TrainingChoice("categorical_crossentropy", epochs=2)
    asked = Experiment(DataChoice("iris"), NetworkChoice((last,)), how)
    problem = Problem(asked, data)
    parameters = problem.new_network().parameters
    for kind in SCRIPTS.values():
        path = tmp_path / f"{HOSTILE[1]}-{kind.beside}.py"
        for place, content in script_files(kind, asked, problem, parameters, path).items():
            place.write_bytes(content)
        text = path.read_text()
        assert not {"\u202e", "\u2066"} & set(text)
        calls = [node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
        assert "quit" not in {getattr(call, "id", "") for call in calls}
        assert "ÄÖ字" in text
    for row in inputs[:3]:
        outputs = problem.blank_network(parameters).predict(row[np.newaxis])
        said = child(tmp_path / f"{HOSTILE[1]}-parameters.py", *map(str, row))
        assert said.startswith(HOSTILE[outputs[0].argmax()] + "\n")


# ---------------------------------------------------------------------------------- what cannot be


def with_edits(asked: Experiment, *edits: Edit) -> Experiment:
    return dataclasses.replace(asked, edits=edits)


def test_what_a_script_cannot_say_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path, edits = tmp_path / "made.py", (SetWeight(0, 0, 0, 1.0, epoch=1),)
    off = (Dense(5, "relu", off=(1,)), Dense(3, "softmax"))
    large = starting_point("circle").change("data", rows=20_000).change("training", epochs=1)
    refused = {
        "repeats only weights and settings": with_edits(IRIS, SwitchOff(0, 1, epoch=1)),
        "and settings of training": with_edits(IRIS, SetTraining("batch_size", None, epoch=1)),
        "losses decide on rates": with_edits(IRIS.change("training", schedule="plateau"), *edits),
        "a change was made after it": with_edits(IRIS.change("training", epochs=1), *edits),
        "none can be frozen": IRIS.change("network", frozen=((0, 1, None),)),
        "or switched off": IRIS.change("network", layers=off),
        "judged by a sample": large.change("training", schedule="plateau"),
    }
    for sentence, asked in refused.items():
        problem = Problem(asked)
        with pytest.raises(InvalidChoiceError, match=sentence):
            script_files(SCRIPTS["numpy"], asked, problem, np.empty(0), path)
    single = IRIS.change("training", batch_size=Problem(IRIS).train.rows - 1)
    single = single.change("network", layers=(BatchNorm(), Dense(3, "softmax")))
    with pytest.raises(InvalidChoiceError, match="no mini-batch of a single sample"):
        script_files(SCRIPTS["pytorch"], single, Problem(single), np.empty(0), path)
    problem = Problem(IRIS)
    for name in ("numpy.py", "math.py"):
        with pytest.raises(InvalidChoiceError, match="Choose another name"):
            script_files(SCRIPTS["numpy"], IRIS, problem, np.empty(0), tmp_path / name)
    # What only predicts is of the network as it is.
    problem = Problem(IRIS.change("network", layers=off))
    parameters = problem.new_network().parameters
    asked = dataclasses.replace(problem.experiment, edits=edits)
    for place, content in script_files(
        SCRIPTS["predict"], asked, problem, parameters, path
    ).items():
        place.write_bytes(content)
    row = problem.dataset.inputs[0]
    outputs = problem.blank_network(parameters).predict(problem.encode_inputs(row[np.newaxis]))
    said = child(path, *map(str, row)).splitlines()[1:]
    assert [float(line.split()[0]) for line in said] == pytest.approx(outputs[0], abs=1e-4)


# -------------------------------------------------------------------------------------- parameters


def test_what_is_advised_for_edited_layers_helps(tmp_path: Path) -> None:
    asked, path = with_edits(IRIS, AddUnit(0, epoch=1)), tmp_path / "made.py"
    problem = Problem(edited(asked, 1))
    with pytest.raises(InvalidChoiceError, match="Reset first") as refusal:
        script_files(SCRIPTS["numpy"], asked, problem, np.empty(0), path)
    assert "one that only predicts" in refusal.value.remedy
    assert script_files(SCRIPTS["predict"], asked, problem, problem.new_network().parameters, path)
    done = complete(dataclasses.replace(edited(asked, 1), edits=()))  # as Reset begins it
    figures = run(written(done, tmp_path, "numpy"))["figures"]
    assert figures("train")[0] == pytest.approx(done.final.train_loss, abs=1e-9)


def test_parameters_are_what_other_programs_read() -> None:
    layers = (
        Conv2D(2, (3, 2)),
        BatchNorm(),
        Flatten(),
        Dense(4, "relu", use_bias=False),
        Dense(10, "softmax"),
    )
    problem = Problem(PICTURES.change("network", layers=layers, dtype="float32"))
    named = named_parameters(problem.new_network())
    assert {name: array.shape for name, array in named.items()} == {
        "conv_1.weight": (2, 1, 3, 2),
        "conv_1.bias": (2,),
        "batch_norm.weight": (2,),
        "batch_norm.bias": (2,),
        "batch_norm.running_mean": (2,),
        "batch_norm.running_var": (2,),
        "hidden_1.weight": (4, 84),
        "output.weight": (10, 4),
        "output.bias": (10,),
    }
    content = PARAMETER_FORMATS["safetensors"].encoded(named)
    size = int.from_bytes(content[:8], "little")
    head, body = json.loads(content[8 : 8 + size]), content[8 + size :]
    assert size % 8 == 0
    assert head.pop("__metadata__")
    with np.load(io.BytesIO(PARAMETER_FORMATS["npz"].encoded(named))) as saved:
        for name, array in named.items():
            start, stop = head[name]["data_offsets"]
            assert (head[name]["dtype"], head[name]["shape"]) == ("F32", [*array.shape])
            assert body[start:stop] == array.tobytes() == saved[name].tobytes()
    rows = [*csv.reader(io.StringIO(PARAMETER_FORMATS["csv"].encoded(named).decode()))]
    assert rows[0] == ["parameter", "unit", "input", "value"]
    assert len(rows) == 1 + problem.new_network().parameters.size
    by_place = {tuple(row[:3]): np.float32(row[3]) for row in rows[1:]}
    assert by_place["conv_1.weight", "1", "5"] == named["conv_1.weight"][1, 0, 2, 1]
    assert by_place["output.bias", "9", ""] == named["output.bias"][9]


def test_command_line_takes_away_scripts_and_parameters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (*SCRIPTS, cli_export._ONNX) == cli_export._KINDS
    preset, made = ["--preset", "xor-2-4-1", "--epochs", "20"], tmp_path / "made.py"
    for kind in SCRIPTS:
        assert cli.main(["export", *preset, "--as", kind, "--output", str(made)]) == 0
        assert capsys.readouterr().out.splitlines()[0] == str(made)
        assert ("torch" in made.read_text()) == (kind == "pytorch")
    kept = tmp_path / "kept.npz"
    assert cli.main(["train", *preset, "--parameters", str(kept)]) == 0
    with np.load(kept) as saved:
        assert saved["hidden_1.weight"].shape == (4, 2)
    assert cli.main(["train", *preset, "--parameters", str(tmp_path / "kept.h5")]) == 2
    assert cli.main(["export", *preset, "--output", str(tmp_path / "no" / "made.py")]) == 1
    said = capsys.readouterr().err
    assert "safetensors, npz, csv" in said
    assert "could not be written" in said
