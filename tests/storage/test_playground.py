"""Addresses of TensorFlow Playground, both ways."""

from __future__ import annotations

import json

import pytest

from nnviz import cli
from nnviz.engine.layers import Dense
from nnviz.errors import NnvizError
from nnviz.storage.playground import address_of, experiment_of
from nnviz.training.choices import starting_point
from nnviz.training.presets import PRESETS

ADDRESS = (
    "https://playground.tensorflow.org/#activation=relu&regularization=L2&batchSize=10"
    "&dataset=spiral&regDataset=reg-plane&learningRate=0.03&regularizationRate=0.001&noise=25"
    "&networkShape=8,4&seed=0.37&showTestData=false&discretize=false&percTrainData=70&x=true"
    "&y=true&xTimesY=true&xSquared=false&ySquared=false&cosX=false&sinX=true&cosY=false"
    "&sinY=false&collectStats=false&problem=classification&initZero=false&hideText=false"
)


def test_an_address_says_what_the_playground_shows() -> None:
    asked = experiment_of(ADDRESS)
    assert asked.network.layers == (Dense(8, "relu"), Dense(4, "relu"), Dense(1, "tanh"))
    data, training = asked.data, asked.training
    assert (data.sample, data.noise, data.test_fraction) == ("spiral", 25, 0.3)
    assert data.features == ("x", "y", "xy", "sin_x")
    assert (training.l1, training.l2, training.batch_size) == (0, 0.001, 10)
    assert not training.shuffle
    assert (training.loss, training.learning_rate) == ("half_mean_squared_error", 0.03)
    plane = experiment_of("playground.tensorflow.org/#problem=regression&networkShape=")
    assert plane.network.layers == (Dense(1, "linear"),)
    assert plane.data.sample == "plane"
    zeros = experiment_of(ADDRESS.replace("initZero=false", "initZero=true"))
    assert zeros.network.initializer == "zeros"
    for one in (asked, plane, zeros):
        assert experiment_of(address_of(one)) == one


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("https://example.org/#activation=relu", "no address of TensorFlow Playground"),
        (ADDRESS.replace("relu", "swish"), "has no “swish”"),
        (ADDRESS.replace("8,4", "8,x"), "'x'"),
        (ADDRESS.replace("0.03", "nan"), "Learning rate cannot be nan"),
        (ADDRESS.replace("8,4", "9" * 300), "from 1 to 1,024"),
        (ADDRESS.replace("cosX=false", "cosX=true"), "“cos”"),
        (ADDRESS.replace("Data=70", "Data=700"), "Test share"),
        (ADDRESS + "&" * 3000, "no address"),
    ],
)
def test_an_address_that_cannot_be_is_refused(address: str, sentence: str) -> None:
    with pytest.raises(NnvizError, match=sentence):
        experiment_of(address)


def test_what_the_playground_cannot_show_is_named() -> None:
    asked = experiment_of(ADDRESS)
    two = (Dense(8, "relu"), Dense(4, "gelu"), Dense(1, "tanh"))
    refused = {
        "hidden 2 activation": asked.change("network", layers=two),
        "optimiser": asked.change("training", optimizer="adam"),
        "batch": asked.change("training", batch_size=None),
        "data": PRESETS["digits-cnn"].experiment,
        "loss": starting_point("circle"),
    }
    for what, experiment in refused.items():
        with pytest.raises(NnvizError, match=f"cannot show this:.*{what}"):
            address_of(experiment)


def test_command_line_trains_what_an_address_shows(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["train", "--playground", ADDRESS, "--epochs", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["sample"] == "spiral"
