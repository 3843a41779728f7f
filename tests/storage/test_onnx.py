"""An ONNX file answers raw inputs as nnviz does: onnxruntime is asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from nnviz import cli
from nnviz.datasets.dataset import Dataset
from nnviz.datasets.preprocessing import PLANE_FEATURES
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import (
    LAYERS,
    AveragePool2D,
    BatchNorm,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalAveragePool2D,
    LayerSpec,
    MaxPool2D,
)
from nnviz.errors import InvalidChoiceError, StorageError
from nnviz.storage import onnx_model as made
from nnviz.training.choices import starting_point
from nnviz.training.completion import complete
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem

IRIS = starting_point("iris").change("training", epochs=2, batch_size=20)
PICTURES = PRESETS["digits-cnn"].experiment.change("training", epochs=1, batch_size=300)
OUT = Dense(10, "softmax")

TABLES: dict[str, tuple[Collection[str], Collection[str]]] = {
    "activations": (ACTIVATIONS, made.ONNX_ACTIVATIONS),
    "layers": (LAYERS, made.ONNX_LAYERS),
    "features": (PLANE_FEATURES, made.ONNX_FEATURES),
}


def test_every_entry_of_a_table_has_its_operators() -> None:
    for table, (entries, operators) in TABLES.items():
        assert set(operators) == set(entries), table


def _layers() -> Iterator[tuple[LayerSpec, ...]]:
    """Yield hidden layers for pictures: every kind, padding, stride, and window."""
    for padding, strides in (("valid", 1), ("same", (2, 3)), ((2, 1), (1, 2)), ("same", 1)):
        yield Conv2D(3, (3, 2), strides, padding, "relu"), Flatten()
    yield Conv2D(3, 2, 1, "valid", "tanh", use_bias=False, off=(1,)), BatchNorm(), Flatten()
    for pool in (MaxPool2D, AveragePool2D):
        yield pool(2), Conv2D(4, 2, activation="sigmoid"), Flatten()
        yield Conv2D(2, 3), pool((3, 2), (1, 2)), Dropout(0.3), GlobalAveragePool2D()
    yield BatchNorm(0.5), Conv2D(3, 3, activation="relu"), Flatten(), BatchNorm(0.6)
    yield Dense(12, "relu", off=(0, 5)), BatchNorm(0.3, 0.01), Dense(6, "tanh", use_bias=False)


def _pictures() -> Iterator[Experiment]:
    for hidden in _layers():
        yield PICTURES.change("network", layers=(*hidden, OUT))
    scaled = PICTURES.change("data", standardize_inputs=True)
    yield scaled
    yield scaled.change("network", layers=(OUT,))
    colours = PRESETS["shapes-cnn"].experiment.change("training", epochs=1, batch_size=900)
    last = colours.network.layers[-1]
    colours = colours.change("network", layers=(MaxPool2D(4), Flatten(), last))
    for scales in (False, True):  # bytes, which have a unit
        yield colours.change("data", standardize_inputs=scales)


def _activations() -> Iterator[Experiment]:
    for name, entry in ACTIVATIONS.items():
        if entry.trains_by_gradient and not entry.couples_units:
            yield IRIS.change("network", layers=(Dense(5, name), Dense(3, "softmax")))
            yield PICTURES.change("network", layers=(Conv2D(2, 3, 1, "same", name), Flatten(), OUT))
    yield (
        starting_point("two-gaussians")
        .change("network", layers=(Dense(1, "sign"),))
        .change("training", loss="perceptron", epochs=2)
    )


def _units() -> Iterator[Experiment]:
    """Yield what raw inputs and answers go through."""
    for raw in (True, False):
        houses = starting_point("houses").change("training", epochs=3, learning_rate=1e-5)
        yield houses.change("data", standardize_target=raw, standardize_inputs=raw)
    circle = starting_point("circle").change("training", epochs=3)
    for keys in (tuple(PLANE_FEATURES), ("xy", "x"), ("x", "y")):
        yield circle.change("data", features=keys, standardize_inputs=True)
    two = circle.change("network", layers=(Dense(3, "tanh"), Dense(2, "softmax")))
    yield two.change("training", loss="categorical_crossentropy")


def session(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("cases", [_pictures, _activations, _units])
def test_onnxruntime_answers_as_nnviz_does(cases: Any, dtype: str) -> None:
    for asked in cases():
        done = complete(asked.change("network", dtype=dtype))
        problem, parameters = done.problem, done.snapshot.parameters
        content = made.onnx_model(problem, parameters)
        rows = problem.dataset.inputs[problem.rows[:40]]
        inner = problem.blank_network(parameters).predict(problem.encode_inputs(rows))
        given = rows.astype(dtype)
        if problem.dataset.image_shape:
            given = given.reshape(-1, *problem.shapes[0])
        output, *label = session(content).run(None, {made.INPUT: given})
        assert output.dtype == dtype
        wanted = problem.decode_outputs(inner)
        assert np.allclose(output, wanted, rtol=1e-5, atol=1e-5), asked.network.layers
        if problem.dataset.task == "classification":
            assert (label[0] == problem.decide(output.astype(np.float64))).all()
        else:
            assert not label


def test_a_file_says_what_goes_in_and_what_comes_out() -> None:
    problem = Problem(IRIS)
    model = onnx.load_from_string(made.onnx_model(problem, problem.new_network().parameters))
    said = {entry.key: entry.value for entry in model.metadata_props}
    assert json.loads(said["classes"]) == ["setosa", "versicolor", "virginica"]
    assert json.loads(said["inputs"]) == [*problem.dataset.feature_names]
    assert said["target"] == problem.dataset.target_name
    assert [(each.domain, each.version) for each in model.opset_import] == [("", made.OPSET)]
    assert model.doc_string.startswith("Iris")
    assert {node.name.split("/")[0] for node in model.graph.node} >= {"hidden_1", "output"}
    assert "hidden_1.weight" in {constant.name for constant in model.graph.initializer}


def test_names_from_data_are_cleaned() -> None:
    inputs, labels = np.random.default_rng(0).normal(size=(9, 2)), np.arange(9) % 2
    names = ("a\u202eb", "{x}\x00\n")
    data = Dataset("own", "classification", inputs, labels, names, names, names[0])
    how = NetworkChoice((Dense(1, "sigmoid"),)), TrainingChoice("binary_crossentropy")
    problem = Problem(Experiment(DataChoice("iris"), *how), data)
    model = onnx.load_from_string(made.onnx_model(problem, problem.new_network().parameters))
    said = {entry.key: entry.value for entry in model.metadata_props}
    assert json.loads(said["classes"]) == json.loads(said["inputs"]) == ["a b", "{x}"]
    assert said["target"] == "a b"


def test_what_cannot_be_written_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem(IRIS)
    parameters = problem.new_network().parameters
    monkeypatch.delitem(made.ONNX_LAYERS, "dense")
    with pytest.raises(InvalidChoiceError, match="no words for Dense"):
        made.onnx_model(problem, parameters)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(StorageError, match="pip install onnx"):
        made.onnx_model(problem, parameters)


def test_command_line_writes_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "xor.onnx"
    asked = ["export", "--preset", "xor-2-4-1", "--as", "onnx", "--output", str(path)]
    assert cli.main(asked) == 0
    assert capsys.readouterr().out.strip() == str(path)
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    _, label = session(path.read_bytes()).run(None, {made.INPUT: corners})
    assert label.tolist() == [0, 1, 1, 0]
    # Nobody trains for an hour and is told then.
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.setattr("nnviz.cli_export.trained", None)
    assert cli.main(asked) == 1
    assert "pip install onnx" in capsys.readouterr().err
