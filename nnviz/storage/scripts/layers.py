"""What each kind of layer is in a script; samples are rows, layer 1 answers a1, and so on."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nnviz.engine.initializers import INITIALIZERS, initializer_values
from nnviz.engine.layers import LayerSpec, Shape, pair
from nnviz.storage.parameters import layer_key
from nnviz.storage.scripts.snippets import ACTIVATION_CODE, DRAWS, FIRST_CODE
from nnviz.storage.scripts.text import Lines, number
from nnviz.training.problem import Problem


@dataclass(frozen=True)
class Place:
    """A layer in its network.

    Parameters
    ----------
    k, x
        Its number, from 1, and what its input is called.
    spec, shape
        The layer, and the shape of a sample before it.
    key
        What files call it.
    dtype
        The second argument of ``np.zeros``, or "" where it is float64.
    biases
        How its first biases are drawn.
    """

    k: int
    x: str
    spec: Any
    shape: Shape
    key: str
    dtype: str
    biases: str


@dataclass(frozen=True)
class LayerCode:
    """The lines of one layer.

    Parameters
    ----------
    predicting, training
        From x to a; in training with whatever the way back needs.
    torch
        Modules.
    onward
        From d, which is ∂L/∂z (∂L/∂a where there is no activation), to ∂L/∂x.
    back
        From ``{g}``, which is ∂L/∂a, to d.
    gradients
        From d to the parameters' gradients, called as they are with a d before.
    begin, saved
        How what the layer keeps begins, by its name in the script; how it is read from a file.
    learned, averages
        The names of parameters, and of what is kept beside them without a gradient.
    weights, total
        The name of the parameter that penalties are of; z as an expression.
    helpers
        Names in ``HELPERS``.
    """

    predicting: Lines
    training: Lines
    torch: Lines
    onward: str
    back: str = "{g}"
    gradients: Lines = field(default_factory=list)
    begin: dict[str, str] = field(default_factory=dict)
    saved: dict[str, str] = field(default_factory=dict)
    learned: tuple[str, ...] = ()
    averages: tuple[str, ...] = ()
    weights: str = ""
    total: str = ""
    helpers: tuple[str, ...] = ()


def _activated(p: Place, total: str, size: Shape, torch: Lines, **code: Any) -> LayerCode:
    """Return a layer that answers f(total), with weights of a size."""
    k, activation = p.k, ACTIVATION_CODE[p.spec.activation]
    call, slope = activation.call, activation.slope.format(a=f"a{k}", z=f"z{k}")
    short = [f"a{k} = {call}({total})" if call else f"a{k} = {total}"]
    both = [f"z{k} = {total}", f"a{k} = {call}(z{k})"]
    off = [f"a{k}[:, {[*p.spec.off]}] = 0  # switched off"] if p.spec.off else []
    begin, saved = {f"W{k}": f"first_weights({size})"}, {f"W{k}": f'saved["{p.key}.weight"]'}
    if p.spec.use_bias:
        begin[f"b{k}"], saved[f"b{k}"] = p.biases, f'saved["{p.key}.bias"]'
    return LayerCode(
        [*short, *off],
        both if "{z}" in activation.slope else short,
        [*torch, *([activation.torch] if activation.torch else [])],
        back=f"{{g}} * {slope}" if slope else "{g}",
        begin=begin,
        saved=saved,
        learned=tuple(begin),
        weights=f"W{k}",
        total=total,
        **code,
    )


def _dense(p: Place) -> LayerCode:
    k, (inputs,), units, bias = p.k, p.shape, p.spec.units, p.spec.use_bias
    without = "" if bias else ", bias=False"
    return _activated(
        p,
        f"{p.x} @ W{k}.T" + (f" + b{k}" if bias else ""),
        (units, inputs),
        [f"nn.Linear({inputs}, {units}{without})"],
        gradients=[f"dW{k} = d{k}.T @ {p.x}", *([f"db{k} = d{k}.sum(axis=0)"] if bias else [])],
        onward=f"d{k} @ W{k}",
    )


def _conv2d(p: Place) -> LayerCode:
    k, spec, bias = p.k, p.spec, p.spec.use_bias
    strides, pads, size = pair(spec.strides), spec.pads(p.shape), pair(spec.kernel_size)
    (above, below), (left, right) = pads
    how, channels = f"{strides}, {pads}", f"{p.shape[0]}, {spec.filters}"
    zeros = [f"nn.ZeroPad2d({(left, right, above, below)})"] if any((*pads[0], *pads[1])) else []
    options = f"stride={strides}" + ("" if bias else ", bias=False")
    return _activated(
        p,
        f"convolved({p.x}, W{k}, {how})" + (f" + b{k}[:, None, None]" if bias else ""),
        (spec.filters, p.shape[0], *size),
        [*zeros, f"nn.Conv2d({channels}, {size}, {options})"],
        gradients=[
            f"dW{k} = kernel_gradient(d{k}, {p.x}, W{k}, {how})",
            *([f"db{k} = d{k}.sum(axis=(0, 2, 3))"] if bias else []),
        ],
        onward=f"convolved_back(d{k}, {p.x}, W{k}, {how})",
        helpers=("windows", "convolved", "kernel_gradient", "spread", "convolved_back"),
    )


def _pool(p: Place, kind: str, torch: str) -> LayerCode:
    size, steps = pair(p.spec.pool_size), p.spec.steps
    return _plain(
        f"a{p.k} = windows({p.x}, {size}, {steps}).{kind}(axis=(4, 5))",
        f"{kind}_back(d{p.k}, {p.x}, {size}, {steps})",
        [f"nn.{torch}({size}, stride={steps})"],
        ("windows", "spread", f"{kind}_back"),
    )


def _plain(line: str, onward: str, torch: Lines, helpers: tuple[str, ...] = ()) -> LayerCode:
    """Return a layer that learns nothing, and is the same in training."""
    return LayerCode([line], [line], torch, onward, helpers=helpers)


def _global_average(p: Place) -> LayerCode:
    share = f"d{p.k}[:, :, None, None] / {math.prod(p.shape[1:])}"
    onward = f"np.broadcast_to({share}, {p.x}.shape)"
    modules = ["nn.AdaptiveAvgPool2d(1)", "nn.Flatten()"]
    return _plain(f"a{p.k} = {p.x}.mean(axis=(2, 3))", onward, modules)


def _flatten(p: Place) -> LayerCode:
    line = f"a{p.k} = {p.x}.reshape(len({p.x}), -1)"
    return _plain(line, f"d{p.k}.reshape({p.x}.shape)", ["nn.Flatten()"])


def _dropout(p: Place) -> LayerCode:
    k, rate, units = p.k, number(p.spec.rate), math.prod(p.shape)
    drawn = f"chance{k}.random(({units}, len({p.x})){p.dtype and ', dtype=np.float32'}).T"
    shaped = f".reshape({p.x}.shape)" if len(p.shape) > 1 else ""
    share = f"np.float32(1 - {rate})" if p.dtype else f"(1 - {rate})"
    mask = f"mask{k} = (drawn{k} >= {rate}) / {share}"
    return LayerCode(
        [],
        [f"drawn{k} = {drawn}{shaped}", mask, f"a{k} = {p.x} * mask{k}"],
        [f"nn.Dropout({rate})"],
        f"d{k} * mask{k}",
        begin={f"chance{k}": "rng.spawn(1)[0]"},
    )


def _batch_norm(p: Place) -> LayerCode:
    k, epsilon, stays = p.k, number(p.spec.epsilon), number(p.spec.momentum)
    pictures = len(p.shape) > 1
    # Of pictures a channel has one mean, whose shape lets it meet all of its pixels.
    axis, size = "0", f"{p.shape[0]}"
    if pictures:
        axis, size = "(0, 2, 3)", f"(1, {p.shape[0]}, 1, 1)"
    over = f"axis={axis}" + (", keepdims=True" if pictures else "")
    names = [f"gamma{k}", f"beta{k}", f"means{k}", f"variances{k}"]
    gamma, beta, means, variances = names
    files = ("weight", "bias", "running_mean", "running_var")
    shaped = f".reshape{size}" if pictures else ""
    first = {name: "zeros" if name in (beta, means) else "ones" for name in names}
    return LayerCode(
        [
            f"n{k} = ({p.x} - {means}) / np.sqrt({variances} + {epsilon})",
            f"a{k} = {gamma} * n{k} + {beta}",
        ],
        [
            f"mean{k} = {p.x}.mean({over})",
            f"variance{k} = {p.x}.var({over})",
            f"{means}[...] = {stays} * {means} + (1 - {stays}) * mean{k}",
            f"{variances}[...] = {stays} * {variances} + (1 - {stays}) * variance{k}",
            f"spread{k} = np.sqrt(variance{k} + {epsilon})",
            f"n{k} = ({p.x} - mean{k}) / spread{k}",
            f"a{k} = {gamma} * n{k} + {beta}",
        ],
        [f"nn.BatchNorm{2 if pictures else 1}d({p.shape[0]}, eps={epsilon}, momentum=1 - {stays})"],
        f"{gamma} / spread{k} * normalised_back(d{k}, n{k}, {axis})",
        gradients=[f"d{gamma} = (d{k} * n{k}).sum({over})", f"d{beta} = d{k}.sum({over})"],
        begin={name: f"np.{how}({size}{p.dtype})" for name, how in first.items()},
        saved={
            name: f'saved["{p.key}.{file}"]{shaped}'
            for name, file in zip(names, files, strict=True)
        },
        learned=(gamma, beta),
        averages=(means, variances),
        helpers=("normalised_back",),
    )


LAYER_CODE: dict[str, Callable[[Place], LayerCode]] = {
    "dense": _dense,
    "conv2d": _conv2d,
    "max_pool2d": lambda p: _pool(p, "max", "MaxPool2d"),
    "average_pool2d": lambda p: _pool(p, "mean", "AvgPool2d"),
    "global_average_pool2d": _global_average,
    "flatten": _flatten,
    "dropout": _dropout,
    "batch_norm": _batch_norm,
}
"""By the kind of the layer."""


def layer_codes(problem: Problem, *, predicting: bool = False) -> list[LayerCode]:
    """Return the lines of every layer of a problem's network."""
    choice, x, codes = problem.experiment.network, "x", list[LayerCode]()
    dtype = ", np.float32" if choice.dtype == "float32" else ""
    for i, (spec, shape) in enumerate(zip(choice.layers, problem.shapes, strict=False)):
        biases = _first_biases(problem, spec, shape, dtype)
        place = Place(i + 1, x, spec, shape, layer_key(choice.layers, i), dtype, biases)
        codes.append(LAYER_CODE[spec.kind](place))
        if codes[-1].predicting or not predicting:  # Dropout hands its input on
            x = f"a{i + 1}"
    return codes


def _first_biases(problem: Problem, spec: LayerSpec, shape: Shape, dtype: str) -> str:
    choice = problem.experiment.network
    name, draw = choice.bias_initializer, FIRST_CODE[choice.bias_initializer][1]
    field = math.prod(pair(getattr(spec, "kernel_size", 1)))
    units = getattr(spec, "units", getattr(spec, "filters", 0))
    values = initializer_values(name, choice.bias_values)
    spread = number(INITIALIZERS[name].spread(shape[0] * field, units * field, values))
    drawn = DRAWS[draw].format(spread=spread, shape=units, dtype=dtype)
    return drawn if draw == "zeros" or not dtype else f"{drawn}.astype(np.float32)"


HELPERS = {
    "normalised_back": '''
def normalised_back(d, n, axis):
    """Take out of d what would only move the batch's own mean and variance."""
    return d - d.mean(axis, keepdims=True) - n * (d * n).mean(axis, keepdims=True)
''',
    "windows": '''
def windows(x, size, strides):
    """Return what a window sees: (samples, channels, rows, columns, *size)."""
    seen = np.lib.stride_tricks.sliding_window_view(x, size, axis=(2, 3))
    return seen[:, :, :: strides[0], :: strides[1]]
''',
    "spread": '''
def spread(seen, shape, strides):
    """Add what each window sees to the pixels it is of: the way back of windows()."""
    x = np.zeros(shape, seen.dtype)
    m, n, *size = seen.shape[2:]
    down, right = strides
    for i, j in np.ndindex(*size):
        x[:, :, i : i + m * down : down, j : j + n * right : right] += seen[..., i, j]
    return x
''',
    "convolved": '''
def convolved(x, W, strides, pads):
    """Slide each kernel over pictures with zeros (above, below), (left, right)."""
    seen = windows(np.pad(x, ((0, 0), (0, 0), *pads)), W.shape[2:], strides)
    return np.einsum("ncijkl,fckl->nfij", seen, W, optimize=True)
''',
    "kernel_gradient": '''
def kernel_gradient(d, x, W, strides, pads):
    """Return dL/dW, given d = dL/dz."""
    seen = windows(np.pad(x, ((0, 0), (0, 0), *pads)), W.shape[2:], strides)
    return np.einsum("nfij,ncijkl->fckl", d, seen, optimize=True)
''',
    "convolved_back": '''
def convolved_back(d, x, W, strides, pads):
    """Return dL/dx: each pixel's sum over the kernel places that saw it."""
    (above, below), (left, right) = pads
    samples, channels, rows, columns = x.shape
    shape = (samples, channels, above + rows + below, left + columns + right)
    dx = spread(np.einsum("nfij,fckl->ncijkl", d, W, optimize=True), shape, strides)
    return dx[:, :, above : above + rows, left : left + columns]
''',
    "max_back": '''
def max_back(d, x, size, strides):
    """Give the gradient of each window to the first of its largest pixels."""
    seen = windows(x, size, strides)
    pixels = seen.reshape(*seen.shape[:4], -1)
    first = np.arange(pixels.shape[-1]) == pixels.argmax(axis=-1)[..., None]
    return spread((first * d[..., None]).reshape(seen.shape), x.shape, strides)
''',
    "mean_back": '''
def mean_back(d, x, size, strides):
    """Give every pixel of a window the same share of its gradient."""
    shares = d[..., None, None] / math.prod(size)
    return spread(np.broadcast_to(shares, (*d.shape, *size)), x.shape, strides)
''',
}
"""Functions that some layers need; those for the way back are called so."""
