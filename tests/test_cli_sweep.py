"""``nnviz sweep``: what it prints, and what it refuses."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest

from nnviz import cli
from nnviz.ending import Held
from nnviz.training.choices import starting_point
from nnviz.training.completion import complete

Captured = pytest.CaptureFixture[str]

FEW = ("--sample", "moons", "--epochs", "2", "--workers", "1")


def figures(captured: Captured, *arguments: str) -> dict[str, Any]:
    assert cli.main(["sweep", *arguments, "--json"]) == 0
    out, err = captured.readouterr()
    assert err == ""
    result: dict[str, Any] = json.loads(out.splitlines()[-1])
    return result


def test_json_of_a_grid(capsys: Captured) -> None:
    rates, units = "training.learning_rate", "network.hidden"
    vary = ("--vary", f"{rates}=0.01,0.1", "--vary", f"{units}=2,3")
    result = figures(capsys, *FEW, *vary, "--seeds", "2")
    assert result["vary"] == {rates: [0.01, 0.1], units: [2, 3]}
    values = [point["values"] for point in result["points"]]
    assert values == [{rates: rate, units: count} for rate in (0.01, 0.1) for count in (2, 3)]
    assert result["chosen"] in values
    assert (result["chosen_by"], result["validation_share_given"]) == ("validation", 0.2)
    assert {point["runs"] for point in result["points"]} == {2}
    asked = starting_point("moons").change("training", epochs=2)
    asked = asked.change("data", validation_fraction=0.2)
    losses = [complete(asked.with_seed(seed)).final.test_loss for seed in (0, 1)]
    plain = figures(capsys, *FEW, "--seeds", "2")["points"]
    assert plain[0]["test_loss"] == pytest.approx(sum(losses) / 2)


def test_a_table_tells_how_many_seeds_learn(capsys: Captured) -> None:
    assert cli.main(["sweep", "--preset", "perceptron-and", "--seeds", "3", "--workers", "1"]) == 0
    head, row, *rest = capsys.readouterr().out.splitlines()
    assert "learned" in head
    assert "3 of 3" in row
    assert not rest


def test_a_sweep_that_is_stopped_tells_what_was_done(capsys: Captured, monkeypatch: Any) -> None:
    monkeypatch.setattr(Held, "asked", True)
    assert figures(capsys, *FEW, "--seeds", "3")["points"][0]["runs"] == 0
    assert cli.main(["sweep", *FEW, "--seeds", "3"]) == 0
    assert "0 of 0" in capsys.readouterr().out


def test_a_table_marks_what_is_chosen_counts_divergence_and_says_by_what(capsys: Captured) -> None:
    vary = ("--vary", "training.learning_rate=0.3,100")
    arguments = ("--preset", "house-prices", "--epochs", "30", "--workers", "1", "--seeds", "1")
    assert cli.main(["sweep", *arguments, *vary]) == 0
    _, good, bad, said = capsys.readouterr().out.splitlines()
    assert good.endswith("chosen")
    assert bad.split()[-1] == "1"
    assert said.startswith("Chosen by 20 % of the rows")


def test_progress_is_for_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    assert cli.main(["sweep", *FEW, "--seeds", "1"]) == 0
    assert "1 of 1 runs" in terminal.getvalue()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--seeds", "0"), "0 seeds"),
        (("--workers", "0"), "0 workers"),
        (("--vary", "network.nix=1"), "No setting “network.nix”"),
        (("--vary", "network.hidden=2,x"), "Hidden units cannot be “x”"),
        (("--vary", "data.sample=moons,houses"), "no error is common"),
    ],
)
def test_what_cannot_be_is_a_sentence(capsys: Captured, arguments, says: str) -> None:
    assert cli.main(["sweep", "--sample", "moons", *arguments]) == cli.REFUSED
    assert says in capsys.readouterr().err
