"""What each entry of the engine's tables is in a script: NumPy first, PyTorch beside it.

A test runs over the tables: an entry without its snippet fails. In expressions ``{a}`` and ``{z}``
are a layer's arrays, samples as rows; capital names are the settings at the top of a script.
"""

from __future__ import annotations

from typing import NamedTuple


class ActivationCode(NamedTuple):
    """How f is called, f'(z) as an expression (both "" where f(z) = z), and what defines them."""

    call: str
    slope: str
    source: str
    torch: str


_SIGMOID = '''
def sigmoid(z):
    """1 / (1 + exp(-z)), in a form that overflows for no z."""
    return (1 + np.tanh(z / 2)) / 2
'''
_SOFTMAX = '''
def softmax(z):
    """exp(z) as shares of 1; without the largest z, exp cannot overflow."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
'''
_GELU = """
def gelu(z):
    return z / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))


def gelu_slope(z):
    t = np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))
    inner_slope = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z**2)
    return (1 + t) / 2 + z / 2 * (1 - t**2) * inner_slope
"""

ACTIVATION_CODE = {
    "sigmoid": ActivationCode("sigmoid", "{a} * (1 - {a})", _SIGMOID, "nn.Sigmoid()"),
    "relu": ActivationCode(
        "relu", "({a} > 0)", "\ndef relu(z):\n    return np.maximum(z, 0)\n", "nn.ReLU()"
    ),
    "tanh": ActivationCode("np.tanh", "(1 - {a} ** 2)", "", "nn.Tanh()"),
    # Its units depend on each other, so its way back is not a product; see `numpy_script`.
    "softmax": ActivationCode("softmax", "", _SOFTMAX, "nn.Softmax(dim=1)"),
    "linear": ActivationCode("", "", "", ""),
    "sign": ActivationCode("sign", "0", "\ndef sign(z):\n    return np.where(z >= 0, 1, -1)\n", ""),
    "leaky_relu": ActivationCode(
        "leaky_relu",
        "np.where({a} > 0, 1, 0.01)",
        "\ndef leaky_relu(z):\n    return np.maximum(0.01 * z, z)\n",
        "nn.LeakyReLU(0.01)",
    ),
    "elu": ActivationCode(
        "elu",
        "np.where({a} > 0, 1, {a} + 1)",
        "\ndef elu(z):\n    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))\n",
        "nn.ELU()",
    ),
    "gelu": ActivationCode("gelu", "gelu_slope({z})", _GELU, 'nn.GELU(approximate="tanh")'),
    "softplus": ActivationCode(
        "softplus",
        "(1 - np.exp(-{a}))",
        "\ndef softplus(z):\n    return np.logaddexp(0, z)\n",
        "nn.Softplus()",
    ),
}


class LossCode(NamedTuple):
    """The loss of each output (of each sample, where it does not average outputs), and its slope.

    Of a fused loss both are in terms of z, and the slope is ∂L/∂z.
    """

    each: str
    slope: str
    torch: str
    before: tuple[str, ...] = ()


LOSS_CODE = {
    "mean_squared_error": LossCode("(a - y) ** 2", "2 * ({a} - y)", "(a - y) ** 2"),
    "half_mean_squared_error": LossCode("(a - y) ** 2 / 2", "({a} - y)", "(a - y) ** 2 / 2"),
    "mean_absolute_error": LossCode("np.abs(a - y)", "np.sign({a} - y)", "(a - y).abs()"),
    "binary_crossentropy": LossCode(
        "np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - y * z",
        "({a} - y)",
        'F.binary_cross_entropy_with_logits(z, y, reduction="none")',
        ("# The same as -(y log a + (1 - y) log(1 - a)), but exact where a rounds to 0 or 1.",),
    ),
    "categorical_crossentropy": LossCode(
        "np.log(np.exp(z).sum(axis=1)) - (y * z).sum(axis=1)",
        "({a} - y)",
        'F.cross_entropy(z, y, reduction="none")',
        (
            "# The same as -sum(y log a), but exact where a rounds to 0.",
            "z = z - z.max(axis=1, keepdims=True)  # changes nothing, and exp cannot overflow",
        ),
    ),
    "perceptron": LossCode(
        "np.maximum(-y * z, 0)",
        "np.where(y * {z} <= 0, -y, 0)",
        "torch.where(y * z <= 0, -y * z, 0)",
    ),
}


class OptimizerCode(NamedTuple):
    """What is remembered of each parameter p (plural: letter), and how p follows its gradient g.

    ``{rate}`` is the learning rate; `step` counts the updates from 1. Of PyTorch's optimiser it is
    the name and what it is given.
    """

    memory: dict[str, str]
    lines: tuple[str, ...]
    torch: tuple[str, ...]


_ADAM = (
    "m[...] = BETA_1 * m + (1 - BETA_1) * g",
    "v[...] = BETA_2 * v + (1 - BETA_2) * g**2",
    "m_hat = m / (1 - BETA_1**step)  # both began at 0",
    "v_hat = v / (1 - BETA_2**step)",
    "p -= {rate} * m_hat / (np.sqrt(v_hat) + EPSILON)",
)
_TORCH_ADAM = ("lr=RATE", "betas=(BETA_1, BETA_2)", "eps=EPSILON")

OPTIMIZER_CODE = {
    "sgd": OptimizerCode({}, ("p -= {rate} * g",), ("SGD", "lr=RATE")),
    "momentum": OptimizerCode(
        {"velocities": "v"},
        ("v[...] = MOMENTUM * v + g", "p -= {rate} * v"),
        ("SGD", "lr=RATE", "momentum=MOMENTUM"),
    ),
    "nesterov": OptimizerCode(
        {"velocities": "v"},
        ("v[...] = MOMENTUM * v + g", "p -= {rate} * (g + MOMENTUM * v)"),
        ("SGD", "lr=RATE", "momentum=MOMENTUM", "nesterov=True"),
    ),
    "rmsprop": OptimizerCode(
        {"squares": "s"},
        ("s[...] = RHO * s + (1 - RHO) * g**2", "p -= {rate} * g / (np.sqrt(s) + EPSILON)"),
        ("RMSprop", "lr=RATE", "alpha=RHO", "eps=EPSILON"),
    ),
    "adam": OptimizerCode({"means": "m", "squares": "v"}, _ADAM, ("Adam", *_TORCH_ADAM)),
    "adamw": OptimizerCode(
        {"means": "m", "squares": "v"},
        ("p *= 1 - {rate} * WEIGHT_DECAY", *_ADAM),
        ("AdamW", *_TORCH_ADAM, "weight_decay=WEIGHT_DECAY"),
    ),
}


class ScheduleCode(NamedTuple):
    """The rate of an epoch from 0; what stands before the first, and after each one."""

    rate: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


SCHEDULE_CODE = {
    "constant": ScheduleCode("RATE"),
    "time_decay": ScheduleCode("RATE / (1 + DECAY * epoch)"),
    "step": ScheduleCode("RATE * DROP ** (epoch // EVERY)"),
    "exponential": ScheduleCode("RATE * GAMMA**epoch"),
    "cosine": ScheduleCode("RATE * (1 + math.cos(math.pi * epoch / EPOCHS)) / 2"),
    "plateau": ScheduleCode(
        "",
        ("rate, lowest, waited = RATE, math.inf, 0",),
        (
            'watched, _ = figures("{watched}")',
            "if watched < lowest:\n    lowest, waited = watched, 0",
            "else:\n    waited += 1",
            "if waited >= PATIENCE:\n    rate, waited = rate * DROP, 0",
        ),
    ),
}

_REACHED = 'figures("train")'

STOP_CODE = {
    "never": ScheduleCode(""),
    "train_loss": ScheduleCode("", (), (f"if {_REACHED}[0] <= STOP_VALUE:\n    break",)),
    "train_metric": ScheduleCode("", (), (f"if {_REACHED}[1] >= STOP_VALUE:\n    break",)),
    "validation_loss_rises": ScheduleCode(
        "",
        ("best, epochs_since = math.inf, 0",),
        (
            'now, _ = figures("{watched}")',
            "if now < best:\n    best, epochs_since = now, 0\n    kept = {copy}",
            "else:\n    epochs_since += 1",
            "if epochs_since >= STOP_VALUE:\n    break",
        ),
    ),
}
"""By the stop rule."""

FIRST_CODE = {
    "glorot_normal": ("math.sqrt(2 / (fan_in + fan_out))", "normal"),
    "glorot_uniform": ("math.sqrt(6 / (fan_in + fan_out))", "uniform"),
    "he_normal": ("math.sqrt(2 / fan_in)", "normal"),
    "he_uniform": ("math.sqrt(6 / fan_in)", "uniform"),
    "random_uniform": ("LIMIT", "uniform"),
    "random_normal": ("DEVIATION", "normal"),
    "zeros": ("", "zeros"),
}
"""By the initialiser: spread of its distribution, and which of `DRAWS` it is."""

DRAWS = {
    "normal": "rng.normal(0, {spread}, {shape})",
    "uniform": "rng.uniform(-{spread}, {spread}, {shape})",
    "zeros": "np.zeros({shape}{dtype})",
}

FEATURE_CODE = {
    "x": "first",
    "y": "second",
    "x2": "first**2",
    "y2": "second**2",
    "xy": "first * second",
    "sin_x": "np.sin(first)",
    "sin_y": "np.sin(second)",
}
"""What a network is given about a point (first, second) of the plane, by the key of the feature."""

METRIC_CODE = {
    "accuracy": '''
def accuracy(a, y):
    """Return the share of samples that are put into the right class."""
    return ({said} == {right}).{mean}
''',
    "r_squared": '''
def r_squared(a, y):
    """Return the share of the targets' variation that is explained."""
    return 1 - ((y - a) ** 2).sum() / ((y - y.mean()) ** 2).sum()
''',
}

CLASSES = """
def classes(a):
    return {decided}
"""
"""Asked by the accuracy, and for weights of classes."""
