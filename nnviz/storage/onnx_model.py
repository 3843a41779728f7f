"""A trained network as an ONNX file: raw inputs in, answers in real units out.

https://onnx.ai/onnx/operators describes the operators. The package onnx is imported when it is
first needed: only who writes such a file has to have it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from nnviz import __version__
from nnviz.datasets.own.recipe import cleaned
from nnviz.engine.activations import LEAKY_RELU_SLOPE
from nnviz.engine.arrays import FloatArray
from nnviz.engine.layers import LayerSpec, Shape, pair
from nnviz.errors import InvalidChoiceError, StorageError
from nnviz.storage.parameters import layer_key, named_parameters
from nnviz.training.presets import title_of
from nnviz.training.problem import Problem, network_text
from nnviz.training.splits import may_have_gaps, medians

if TYPE_CHECKING:
    import onnx

OPSET = 17
"""The version of ONNX's operators: old enough for what runs such files today."""

INPUT, OUTPUT, LABEL = "input", "output", "label"
"""Names of the file's arrays. The label is a class, counted from 0."""

_SINGLE_ONLY = {"Conv", "AveragePool", "GlobalAveragePool", "Elu", "Softplus"}
"""What onnxruntime computes in float32 only: a network of float64 goes there and back."""


def require_onnx() -> None:
    """Refuse where the package that writes such files is missing.

    Raises
    ------
    StorageError
        If it is.
    """
    try:
        import onnx  # noqa: F401
    except ImportError as error:
        raise StorageError(
            "ONNX files are written by the package “onnx”, which is not installed.",
            "Install it: “pip install onnx”.",
        ) from error


def onnx_model(problem: Problem, parameters: FloatArray) -> bytes:
    """Return the content of an ONNX file.

    Its `INPUT` has a row for each sample, in the data set's own columns and units, or a picture
    (channels, rows, columns), in the network's precision. Its `OUTPUT` is what the network answers,
    a regression's in the target's unit; a classification has a `LABEL` too. Names of columns and
    classes are in its metadata.

    Parameters
    ----------
    parameters
        Of the network, flat.

    Raises
    ------
    StorageError
        If the package onnx is missing.
    InvalidChoiceError
        If ONNX has no words for a layer.
    """
    require_onnx()
    import onnx

    graph = Graph(problem.dtype)
    for name, array in named_parameters(problem.blank_network(parameters)).items():
        graph.constant(name, array, problem.dtype)
    x, choice = _prepared(graph, problem), problem.experiment.network
    for place, (spec, shape) in enumerate(zip(choice.layers, problem.shapes, strict=False)):
        if spec.kind not in ONNX_LAYERS:
            said, remedy = "ONNX has no words for {layer}.", "Export the parameters instead."
            raise InvalidChoiceError(said, remedy, layer=spec.title)
        graph.part = layer_key(choice.layers, place)
        x = ONNX_LAYERS[spec.kind](graph, spec, shape, x)
    graph.part = OUTPUT
    model = _model(graph, problem, _answers(graph, problem, x))
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


class Graph:
    """The operators of a model and their constants, as they come.

    Parameters
    ----------
    dtype
        Of the network.
    """

    def __init__(self, dtype: np.dtype[np.floating]) -> None:
        self.dtype = dtype
        self.part = INPUT
        """What the operators to come belong to; the first part of their names."""
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, values: ArrayLike, dtype: DTypeLike) -> str:
        """Add a constant; return its name."""
        from onnx import numpy_helper

        self.constants[name] = numpy_helper.from_array(np.array(values, dtype), name)
        return name

    def number(self, value: float) -> str:
        """Return the name of a number in the network's precision."""
        return self.constant(f"{value:g}", value, self.dtype)

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator; return the name of what it answers."""
        if kind in _SINGLE_ONLY and self.dtype == np.float64:
            single = [self.cast(name, np.float32) for name in inputs]
            return self.cast(self._add(kind, *single, **attributes), np.float64)
        return self._add(kind, *inputs, **attributes)

    def cast(self, x: str, dtype: DTypeLike) -> str:
        """Return the name of an array as another type."""
        from onnx import helper

        return self._add("Cast", x, to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def finish(self, x: str, name: str) -> None:
        """Call what an operator answers as the file's output is called."""
        from onnx import helper

        self.nodes.append(helper.make_node("Identity", [x], [name], name))

    def _add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        name = f"{self.part}/{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        return name


# --------------------------------------------------------------------------- from and to real units


def _prepared(graph: Graph, problem: Problem) -> str:
    """Add what is done to raw inputs before the first layer sees them."""
    data, dataset, x = problem.experiment.data, problem.dataset, INPUT
    if dataset.is_planar and data.features != ("x", "y"):
        first, second = (
            graph.op("Gather", x, graph.constant(axis, [place], np.int64), axis=1)
            for place, axis in enumerate(("first", "second"))
        )
        made = [ONNX_FEATURES[key](graph, first, second) for key in data.features]
        x = graph.op("Concat", *made, axis=1)
    if dataset.input_unit != 1.0:
        x = graph.op("Mul", x, graph.constant("input.unit", dataset.input_unit, graph.dtype))
    if may_have_gaps(data):
        fills = medians(dataset, problem.train.index)
        gaps = graph.constant("input.gaps", fills, graph.dtype)
        x = graph.op("Where", graph.op("IsNaN", x), gaps, x)
    if data.standardize_inputs:
        # In float64, as nnviz does it: what differs little from a large mean stays exact.
        shape, scaler = problem.shapes[0], problem.input_scaler
        mean = graph.constant("input.mean", scaler.mean.reshape(shape), np.float64)
        deviation = graph.constant("input.deviation", scaler.scale.reshape(shape), np.float64)
        x = graph.op("Sub", graph.cast(x, np.float64), mean)
        x = graph.cast(graph.op("Div", x, deviation), graph.dtype)
    return x


ONNX_FEATURES: dict[str, Callable[[Graph, str, str], str]] = {
    "x": lambda graph, first, second: first,
    "y": lambda graph, first, second: second,
    "x2": lambda graph, first, second: graph.op("Mul", first, first),
    "y2": lambda graph, first, second: graph.op("Mul", second, second),
    "xy": lambda graph, first, second: graph.op("Mul", first, second),
    "sin_x": lambda graph, first, second: graph.op("Sin", first),
    "sin_y": lambda graph, first, second: graph.op("Sin", second),
}
"""What a network is given about a point (first, second) of the plane, by the key of the feature."""


def _answers(graph: Graph, problem: Problem, a: str) -> dict[str, type[np.generic]]:
    """Add the way from the last a to answers; return their names and types."""
    answers: dict[str, type[np.generic]] = {OUTPUT: problem.dtype.type}
    if problem.standardizes_target:
        scaler = problem.target_scaler
        deviation = graph.constant("target.deviation", scaler.scale, np.float64)
        mean = graph.constant("target.mean", scaler.mean, np.float64)
        a = graph.op("Add", graph.op("Mul", graph.cast(a, np.float64), deviation), mean)
        a = graph.cast(a, graph.dtype)
    graph.finish(a, OUTPUT)
    if problem.dataset.task == "classification":
        if problem.outputs > 1:
            label = graph.op("ArgMax", a, axis=1, keepdims=0)
        else:
            column = graph.op("Squeeze", a, graph.constant("axis", [1], np.int64))
            above = graph.op("Greater", column, graph.number(problem.decision_threshold))
            label = graph.cast(above, np.int64)
        graph.finish(label, LABEL)
        answers[LABEL] = np.int64
    return answers


def _model(graph: Graph, problem: Problem, answers: dict[str, type[np.generic]]) -> onnx.ModelProto:
    from onnx import helper

    def described(name: str, dtype: DTypeLike, *shape: int) -> onnx.ValueInfoProto:
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return helper.make_tensor_value_info(name, kind, ["rows", *shape])

    dataset, opset = problem.dataset, [helper.make_opsetid("", OPSET)]
    given = problem.shapes[0] if dataset.image_shape else (dataset.features,)
    sizes = {OUTPUT: (problem.outputs,), LABEL: ()}
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "network",
            [described(INPUT, problem.dtype, *given)],
            [described(name, dtype, *sizes[name]) for name, dtype in answers.items()],
            [*graph.constants.values()],
        ),
        opset_imports=opset,
        ir_version=helper.find_min_ir_version_for(opset),
        producer_name="nnviz",
        producer_version=__version__,
        doc_string=f"{title_of(problem.experiment)}: {network_text(problem)}",
    )
    names = {"classes": dataset.class_names} if dataset.class_names else {}
    if dataset.image_shape is None:
        names["inputs"] = dataset.feature_names
    said = {
        what: json.dumps([*map(cleaned, each)], ensure_ascii=False) for what, each in names.items()
    }
    if dataset.target_name:
        said["target"] = cleaned(dataset.target_name)
        said |= {"unit": dataset.target_unit} if dataset.target_unit else {}
    helper.set_model_props(model, said)
    return model


# ------------------------------------------------------------------------------------- activations


def _gelu(graph: Graph, z: str) -> str:
    """Add z/2 · (1 + tanh(√(2/π) (z + 0.044715 z³))); ONNX itself has it from opset 20 on."""
    cube = graph.op("Mul", graph.op("Mul", z, z), z)
    inner = graph.op("Add", z, graph.op("Mul", cube, graph.number(0.044715)))
    t = graph.op("Tanh", graph.op("Mul", inner, graph.number(math.sqrt(2 / math.pi))))
    half = graph.op("Mul", z, graph.number(0.5))
    return graph.op("Mul", half, graph.op("Add", t, graph.number(1)))


def _sign(graph: Graph, z: str) -> str:
    at_least = graph.op("Not", graph.op("Less", z, graph.number(0)))
    return graph.op("Where", at_least, graph.number(1), graph.number(-1))


ONNX_ACTIVATIONS: dict[str, Callable[[Graph, str], str]] = {
    "sigmoid": lambda graph, z: graph.op("Sigmoid", z),
    "relu": lambda graph, z: graph.op("Relu", z),
    "tanh": lambda graph, z: graph.op("Tanh", z),
    "softmax": lambda graph, z: graph.op("Softmax", z, axis=1),
    "linear": lambda graph, z: z,
    "sign": _sign,
    "leaky_relu": lambda graph, z: graph.op("LeakyRelu", z, alpha=LEAKY_RELU_SLOPE),
    "elu": lambda graph, z: graph.op("Elu", z),
    "gelu": _gelu,
    "softplus": lambda graph, z: graph.op("Softplus", z),
}
"""By the name of the activation: from z to a."""


# ------------------------------------------------------------------------------------------ layers


def _activated(graph: Graph, spec: Any, z: str, shape: Shape) -> str:
    """Add the activation, and silence what is switched off."""
    a = ONNX_ACTIVATIONS[spec.activation](graph, z)
    if not spec.off:
        return a
    works = np.ones((shape[0], *(1 for _ in shape[1:])))
    works[[*spec.off]] = 0
    return graph.op("Mul", a, graph.constant(f"{graph.part}.works", works, graph.dtype))


def _learned(graph: Graph, *names: str) -> list[str]:
    """Return the names of this layer's parameters, those that it has."""
    keys = [f"{graph.part}.{name}" for name in names]
    return [key for key in keys if key in graph.constants]


def _dense(graph: Graph, spec: Any, shape: Shape, x: str) -> str:
    z = graph.op("Gemm", x, *_learned(graph, "weight", "bias"), transB=1)
    return _activated(graph, spec, z, spec.output_shape(shape))


def _conv2d(graph: Graph, spec: Any, shape: Shape, x: str) -> str:
    (above, below), (left, right) = spec.pads(shape)
    how = {"strides": pair(spec.strides), "pads": (above, left, below, right)}
    learned = _learned(graph, "weight", "bias")
    z = graph.op("Conv", x, *learned, kernel_shape=pair(spec.kernel_size), **how)
    return _activated(graph, spec, z, spec.output_shape(shape))


def _pool(kind: str) -> Callable[[Graph, Any, Shape, str], str]:
    def add(graph: Graph, spec: Any, shape: Shape, x: str) -> str:
        return graph.op(kind, x, kernel_shape=pair(spec.pool_size), strides=spec.steps)

    return add


def _global_average(graph: Graph, spec: LayerSpec, shape: Shape, x: str) -> str:
    return graph.op("Flatten", graph.op("GlobalAveragePool", x), axis=1)


def _batch_norm(graph: Graph, spec: Any, shape: Shape, x: str) -> str:
    learned = _learned(graph, "weight", "bias", "running_mean", "running_var")
    return graph.op("BatchNormalization", x, *learned, epsilon=spec.epsilon)


ONNX_LAYERS: dict[str, Callable[[Graph, Any, Shape, str], str]] = {
    "dense": _dense,
    "conv2d": _conv2d,
    "max_pool2d": _pool("MaxPool"),
    "average_pool2d": _pool("AveragePool"),
    "global_average_pool2d": _global_average,
    "flatten": lambda graph, spec, shape, x: graph.op("Flatten", x, axis=1),
    "dropout": lambda graph, spec, shape, x: x,
    "batch_norm": _batch_norm,
}
"""By the kind of the layer: from its input, which has a shape, to its output."""
