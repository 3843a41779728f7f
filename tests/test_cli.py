"""The command line: what it prints, how it ends, and what it does not load."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

import nnviz
from nnviz import cli, cli_pictures
from nnviz.datasets.catalog import CATALOG
from nnviz.errors import NnvizError
from nnviz.storage.project import Project, write_project
from nnviz.training.choices import opened_from, starting_point
from nnviz.training.completion import complete
from nnviz.training.edits import AddUnit, DeletePoint, SetTraining
from nnviz.training.history import History, column_names
from nnviz.training.presets import PRESETS
from nnviz.training.recorded import RecordedRun
from nnviz.training.records import SCALARS
from nnviz.training.trainer import Trainer

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("train", "validation", "test")
FIGURES = [
    "sample",
    "preset",
    "edits",
    "epochs",
    "network_epoch",
    "seed",
    "engine",
    "loss",
    "metric",
    *(f"{part}_loss_binary_crossentropy" for part in PARTS),
    *(f"{part}_accuracy" for part in PARTS),
    "judged_rows",
    "whole_captchas",
    "seconds",
    "epochs_per_second",
    "finding",
]

Captured = pytest.CaptureFixture[str]


def nnviz_command(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nnviz", *arguments]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False, **options)


def figures(captured: Captured, *arguments: str) -> dict[str, Any]:
    assert cli.main(["train", *arguments, "--json"]) == 0
    result: dict[str, Any] = json.loads(captured.readouterr().out.splitlines()[-1])
    return result


# ------------------------------------------------------------------------------------------- lists


def test_samples_are_the_catalog(capsys: Captured) -> None:
    assert cli.main(["samples"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["key", "title", "task", "rows", "features"]
    assert [row.split()[0] for row in rows] == list(CATALOG)
    iris = next(row for row in rows if row.startswith("iris"))
    assert iris.split() == ["iris", "Iris", "classification", "150", "4"]


def test_presets_are_the_table(capsys: Captured) -> None:
    assert cli.main(["presets"]) == 0
    _, *rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows] == list(PRESETS)
    assert "2-4-1 Sigmoid" in next(row for row in rows if row.startswith("xor-2-4-1"))


# ---------------------------------------------------------------------------------------- training


def test_json_of_a_sample_without_test_part(capsys: Captured) -> None:
    result = figures(capsys, "--sample", "xor", "--epochs", "20", "--seed", "7")
    assert list(result) == FIGURES
    assert (result["sample"], result["preset"]) == ("xor", None)
    assert (result["epochs"], result["seed"], result["metric"]) == (20, 7, "accuracy")
    assert result["test_loss_binary_crossentropy"] is None
    assert result["test_accuracy"] is None
    assert result["seconds"] > 0
    assert result["epochs_per_second"] == pytest.approx(20 / result["seconds"])


def test_json_of_a_sample_with_test_part(capsys: Captured) -> None:
    result = figures(capsys, "--sample", "iris", "--epochs", "5")
    assert 0 <= result["test_accuracy"] <= 1
    assert result["test_loss_categorical_crossentropy"] > 0


def test_json_of_a_preset(capsys: Captured) -> None:
    result = figures(capsys, "--preset", "house-prices", "--epochs", "5")
    assert (result["sample"], result["preset"]) == ("houses", "house-prices")
    assert (result["metric"], result["seed"]) == (
        "r_squared",
        PRESETS["house-prices"].experiment.training.seed,
    )


def test_json_tells_the_epochs_there_were(capsys: Captured) -> None:
    assert figures(capsys, "--preset", "letters-abc")["epochs"] == 100


def test_json_tells_the_epochs_there_were_when_it_stopped_early(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = PRESETS["letters-abc"].experiment.change(
        "training", stop_when="train_metric", stop_value=1.0
    )
    monkeypatch.setattr(cli, "_preset", lambda key: early)
    assert figures(capsys, "--preset", "letters-abc", "--epochs", "90")["epochs"] == 51


def test_an_early_stop_says_whose_network_it_is(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = {"stop_when": "validation_loss_rises", "stop_value": 3.0, "learning_rate": 0.5}
    early = starting_point("moons").change("training", **waits).change("data", noise=30.0)
    monkeypatch.setattr(cli, "_preset", lambda key: early)
    result = figures(capsys, "--preset", "moons")
    assert result["network_epoch"] == result["epochs"] - 3
    assert cli.main(["train", "--preset", "moons"]) == 0
    said = f"the network is that of epoch {result['network_epoch']:,}, where the test loss was"
    assert said in capsys.readouterr().out


def test_it_says_why_a_network_does_not_learn(capsys: Captured) -> None:
    finding = figures(capsys, "--preset", "vanishing-gradients", "--epochs", "100")["finding"]
    assert finding["name"] == "vanishing-gradients"
    assert cli.main(["train", "--preset", "vanishing-gradients", "--epochs", "100"]) == 0
    said = f"{finding['sentence']} {finding['remedy']}"
    assert capsys.readouterr().out.splitlines()[-1] == said
    assert figures(capsys, "--preset", "letters-abc")["finding"] is None


def test_figures_are_those_of_the_final_parameters(capsys: Captured) -> None:
    result = figures(capsys, "--sample", "moons", "--epochs", "30", "--seed", "3")
    asked = starting_point("moons").with_seed(3).change("training", epochs=30)
    done = complete(asked)
    names = column_names(done.problem)[2 : len(SCALARS)]
    assert [result[name] for name in names] == [
        None if math.isnan(value) else value for value in done.final.row()[2 : len(SCALARS)]
    ]
    assert result["train_loss_binary_crossentropy"] == done.history.column("train_loss")[-1]


@pytest.mark.parametrize("saved", ["run", "json"])
def test_an_edited_run_is_repeated_with_the_same_figures(
    capsys: Captured, tmp_path: Path, saved: str
) -> None:
    asked = starting_point("moons").change("training", epochs=20)
    trainer, history = Trainer(asked), History(len(asked.network.layers))
    history.append(trainer.evaluate())
    for edit in (AddUnit(0), DeletePoint(3), SetTraining("learning_rate", 0.2)):
        history.extend(trainer.advance(trainer.updates_until(4)).rows)
        trainer.edit(edit)
    run, path = trainer.experiment, tmp_path / "saved"
    if saved == "json":
        path.write_text(json.dumps(run.to_dict()))
    else:
        at = trainer.checkpoint()
        recorded = RecordedRun(run, history, (at,), at.snapshot())
        write_project(path, Project(run, recorded))
    while not trainer.finished:
        trainer.advance(1000)
    result = figures(capsys, "--experiment", str(path))
    assert result["train_loss_binary_crossentropy"] == trainer.evaluate().train_loss
    assert [edit["kind"] for edit in result["edits"]] == [
        "add_unit",
        "delete_point",
        "set_training",
    ]
    assert [edit["epoch"] for edit in result["edits"]] == [4, 8, 12]


@pytest.mark.parametrize("text", [None, "{", "[1]", '{"data": {}}'])
def test_a_file_that_holds_no_experiment_is_refused(
    capsys: Captured, tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "asked.json"
    if text is not None:
        path.write_text(text)
    assert cli.main(["train", "--experiment", str(path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("nnviz: ")
    assert error.count(".") >= 2


def test_another_process_finds_the_same_figures(capsys: Captured) -> None:
    arguments = ("--preset", "two-gaussians", "--epochs", "40", "--seed", "5")
    here = figures(capsys, *arguments)
    done = nnviz_command("train", *arguments, "--json")
    there = json.loads(done.stdout.splitlines()[-1])
    for name in ("seconds", "epochs_per_second"):
        del here[name], there[name]
    assert here == there
    assert done.stderr == ""


def test_summary_names_what_was_trained(capsys: Captured) -> None:
    assert cli.main(["train", "--preset", "xor-2-4-1", "--epochs", "10", "--seed", "4"]) == 0
    out = capsys.readouterr().out
    for part in ("2-4-1 Sigmoid", "seed 4", "10 epochs", "train       loss", "Accuracy"):
        assert part in out
    assert "test" not in out


@pytest.mark.parametrize("key", CATALOG)
def test_every_sample_learns_from_where_it_starts(key: str) -> None:
    epochs = 1 if CATALOG[key].test_rows else 100  # a large set shows it after one
    done = complete(starting_point(key).change("training", epochs=epochs))
    losses = done.history.column("train_loss")
    assert done.final.train_loss < 0.9 * losses[0]


def test_a_preset_keeps_its_settings_to_itself() -> None:
    from_preset = opened_from(PRESETS["xor-2-4-1"].experiment, "sine")
    assert from_preset == starting_point("sine")
    own = from_preset.change("training", learning_rate=0.02)
    assert opened_from(own, "plane").training.learning_rate == 0.02


@pytest.mark.parametrize("key", CATALOG)
def test_a_sample_is_opened_the_same_whatever_was_looked_at_before(key: str) -> None:
    assert opened_from(starting_point("xor"), key) == starting_point(key)
    full = starting_point("spiral").change("training", batch_size=None)
    assert opened_from(full, key).training.batch_size is None, "what the person chose stays"


# ---------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (["--sample", "sprial"], "spiral"),
        (["--sample", "mpg"], "Did you mean auto-mpg?"),
        (["--preset", "xor-241"], "xor-2-4-1"),
        (["--preset", "xor"], "Did you mean xor-2-2-1, xor-2-3-1, xor-2-4-1, perceptron-xor, "),
        (["--preset", ""], "There is no preset called “”"),
    ],
)
def test_wrong_name_says_what_comes_close(
    capsys: Captured, arguments: list[str], near: str
) -> None:
    assert cli.main(["train", *arguments]) == 2
    captured = capsys.readouterr()
    assert arguments[1] in captured.err
    assert near in captured.err
    assert captured.out == ""


def test_refused_experiment_is_a_sentence(capsys: Captured) -> None:
    assert cli.main(["train", "--sample", "xor", "--epochs", "0"]) == 2
    assert "Epochs cannot be" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["train"],
        ["train", "--sample", "xor", "--preset", "xor-2-4-1"],
        ["train", "--sample", "xor", "--epochs", "many"],
        ["train", "--samp", "xor"],
        ["no-such-command"],
        ["train", "--sample", "xor", "--epochs="],
        ["train", "--sample", "xor", "--epochs", "1.5"],
        ["train", "--sample", "xor", "--seed", "1e400"],
        ["train", "--sample", "xor", "--seed", "9" * 5000],
        ["train", "--sample", "xor", "--seed=--"],
        ["train", "--sample=--"],
        ["train", "--sample", "xor", "--export=--"],
    ],
)
def test_misuse_exits_with_2(capsys: Captured, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: nnviz" in capsys.readouterr().err


@pytest.mark.parametrize("seed", ["-1", "4294967296", "9" * 40])
def test_a_seed_that_cannot_be_is_a_sentence(capsys: Captured, seed: str) -> None:
    assert cli.main(["train", "--sample", "xor", "--seed", seed]) == 2
    assert f"not {seed}." in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", " "])
def test_a_folder_without_a_name_is_refused(capsys: Captured, name: str) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["train", "--sample", "xor", "--export", name])
    assert caught.value.code == 2
    assert "the folder has no name" in capsys.readouterr().err


def test_divergence_is_a_sentence(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    # Raw areas up to 100 and a rate of 10: the weights leave the numbers within a few epochs.
    hopeless = starting_point("concrete").change(
        "data", standardize_inputs=False, standardize_target=False
    )
    hopeless = hopeless.change("training", optimizer="sgd", learning_rate=100.0)
    hopeless = hopeless.change("network", layers=hopeless.network.layers[-1:])
    monkeypatch.setattr(cli, "_sample", lambda key: hopeless)
    assert cli.main(["train", "--sample", "concrete", "--epochs", "2000"]) == 1
    assert "grew beyond all numbers" in capsys.readouterr().err


def test_missing_libraries_are_a_sentence(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QT_SCALE_FACTOR", "1")
    monkeypatch.setitem(sys.modules, "nnviz.gui.offscreen", None)  # the import then fails
    assert cli.main(["train", "--sample", "xor", "--export", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert "Qt, which cannot be loaded here" in error
    assert "scripts/run.py" in error
    assert not (tmp_path / "out").exists()


def test_version(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"nnviz {nnviz.__version__}\n"


# ----------------------------------------------------------------------------------- the process


@pytest.mark.parametrize(
    "arguments", [("samples",), ("presets",), ("train", "--sample", "xor", "--epochs", "2")]
)
def test_no_qt_without_pictures(arguments: tuple[str, ...]) -> None:
    code = (
        "import sys; from nnviz.cli import main; assert main(sys.argv[1:]) == 0;"
        "assert not {'PySide6', 'shiboken6', 'pyqtgraph'} & set(sys.modules)"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_version_needs_no_numpy() -> None:
    code = (
        "import sys; from nnviz.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


def test_a_closed_pipe_is_no_error() -> None:
    done = subprocess.run(
        f"'{sys.executable}' -m nnviz samples | true",
        shell=True,
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "nnviz", "samples"]
        done = subprocess.run(
            command, cwd=ROOT, text=True, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith("nnviz: The output could not be written: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_no_output_at_all_is_no_error() -> None:
    command = f"'{sys.executable}' -m nnviz samples >&-"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, text=True, stderr=subprocess.PIPE, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_error(closed: str) -> None:
    command = f"'{sys.executable}' -m nnviz train --sample xor --epochs 2 {closed}"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ("2 epochs" in done.stdout) == (" >&-" not in f" {closed}")


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_no_file_takes_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    code = (
        "import sys; from nnviz.cli import main; main(['samples'])\n"
        "assert open(sys.argv[1], 'w').fileno() > 2"
    )
    command = f"'{sys.executable}' -c \"{code}\" '{tmp_path}/a' <&- >&- 2>&-"
    assert subprocess.run(command, shell=True, cwd=ROOT, check=False).returncode == 0


def test_pictures_need_no_temporary_folder_and_leave_none(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    environment = {**os.environ, "TMPDIR": missing, "TEMP": missing, "TMP": missing}
    environment["PYTHONPATH"] = str(ROOT)
    command = ["-m", "nnviz", "train", "--sample", "xor", "--epochs", "2", "--export", "a/b"]
    done = subprocess.run(
        [sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    endings = {path.suffix for path in (tmp_path / "a" / "b").iterdir()}
    assert endings == {".csv", ".png"}


def test_a_run_that_fails_leaves_no_folder(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise NnvizError("No luck.")

    monkeypatch.setattr("nnviz.training.completion.complete", fail)
    for name in cli_pictures._OFFSCREEN:
        monkeypatch.setenv(name, os.environ.get(name, "1"))
    assert cli.main(["train", "--sample", "xor", "--export", str(tmp_path / "a" / "b")]) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="files elsewhere are no devices")
@pytest.mark.parametrize("name", ["file", "file/below", "n" * 300, "/dev/full"])
def test_a_folder_that_cannot_be_made_is_said_before_training(
    name: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    for variable in cli_pictures._OFFSCREEN:
        monkeypatch.setenv(variable, os.environ.get(variable, "1"))
    assert cli.main(["train", "--sample", "xor", "--export", str(tmp_path / name)]) == 1
    captured = capsys.readouterr()
    assert "could not be written" in captured.err
    assert captured.out == ""


def read_terminal(descriptor: int) -> str:
    """Return what was written to a terminal until its last writer closed it."""
    text = b""
    while True:
        try:
            piece = os.read(descriptor, 4096)
        except OSError:  # Linux' way to say that the other side is closed
            piece = b""
        if not piece:
            return text.decode()
        text += piece


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo terminal")
def test_progress_is_shown_at_a_terminal_and_ctrl_c_ends_cleanly() -> None:
    try:
        ours, theirs = os.openpty()
    except OSError as error:
        pytest.skip(f"this system gives no pseudo terminal: {error}")
    command = [sys.executable, "-m", "nnviz", "train", "--sample", "digits", "--epochs", "1000000"]
    running = subprocess.Popen(command, cwd=ROOT, stderr=theirs, stdout=subprocess.PIPE, text=True)
    os.close(theirs)
    seen = ""
    while "epochs" not in seen:
        seen += os.read(ours, 4096).decode()
    running.send_signal(signal.SIGINT)
    seen += read_terminal(ours)
    out, _ = running.communicate()
    os.close(ours)
    assert " of 1,000,000 epochs" in seen
    assert seen.endswith("\r\x1b[Knnviz: stopped.\r\n")
    assert (running.returncode, out) == (130, "")


@pytest.mark.parametrize("arguments", [["open", "a.nnviz"], ["a.nnviz"]])
def test_a_file_is_opened_in_the_window(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    opened = []
    app = types.ModuleType("nnviz.gui.app")
    app.main = lambda path: opened.append(path) or 0
    monkeypatch.setitem(sys.modules, "nnviz.gui.app", app)
    assert cli.main(arguments) == cli.FAILED and not opened, "it is not there"
    (tmp_path / "a.nnviz").write_bytes(b"")
    assert cli.main(arguments) == 0
    assert cli.main([]) == 0
    assert cli.main([*arguments, "a.nnviz"]) == 0
    assert opened == [Path("a.nnviz"), None, Path("a.nnviz")]
    (tmp_path / "b.csv").write_bytes(b"")
    assert cli.main([*arguments, "b.csv"]) == cli.FAILED and len(opened) == 3


def test_a_file_called_like_a_command_is_no_command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samples").write_bytes(b"")
    assert cli.main(["samples"]) == 0
    assert "xor" in capsys.readouterr().out
