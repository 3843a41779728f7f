"""A project in one file: an Experiment, what was learned with it, and what was kept beside it.

A zip: ``experiment.json``, the result's parameters as safetensors, everything else as NumPy arrays.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
from numpy.typing import NDArray

from nnviz import __version__
from nnviz.datasets.own.recipe import OwnData, cleaned
from nnviz.datasets.own.stored import damaged
from nnviz.datasets.own.text import MOST_BYTES, content_of
from nnviz.errors import DataError, NnvizError
from nnviz.files import remove_left_parts, write_whole
from nnviz.storage import own_files
from nnviz.storage.archive import (
    ABOUT,
    DATA,
    PARAMETERS,
    Stack,
    arrays_of,
    content_of_part,
    name_of,
    opened,
    pieces,
)
from nnviz.storage.contents import MOST_KEPT, SUFFIX, Summary
from nnviz.storage.contents import KeptRun as KeptRun
from nnviz.storage.contents import Project as Project
from nnviz.storage.own_files import Whereabouts
from nnviz.storage.parameters import PARAMETER_FORMATS
from nnviz.storage.runs import history_of, result_of, run_of, stacks
from nnviz.storage.safetensors import safetensors_arrays
from nnviz.training.experiment import Experiment
from nnviz.training.reading import parsed

VERSION = 3
"""Of the format; a file of a later one is refused."""

_MOST_ABOUT = 64 * 2**20


class _AboutKept(msgspec.Struct, forbid_unknown_fields=True):
    slot: int
    name: str
    experiment: dict[str, Any]
    epoch: int | None = None


class _About(msgspec.Struct, forbid_unknown_fields=True):
    """``experiment.json``, as the newest version has it."""

    version: int
    program: str
    epochs: int
    experiment: dict[str, Any]
    kept: list[_AboutKept] = []
    docks: dict[str, Any] = {}
    views: dict[str, Any] = {}
    data: Whereabouts = Whereabouts("")
    file: str = ""


def write_project(path: Path, project: Project, with_data: bool | None = None) -> None:
    """Write a project; a file that was there is replaced by a whole one or stays as it was.

    Parameters
    ----------
    with_data
        Whether a person's own data go along; None for as the file that is there has it, or else
        for as long as they are few.

    Raises
    ------
    OSError
        As `write_whole`.
    StorageError
        If the data are to go along, and cannot.
    """
    # A request to end is just when a run is to be saved.
    write_whole(path, pieces(_parts(path, project, with_data)), at_the_end=True)
    remove_left_parts(path.parent)


def read_summary(path: Path) -> Summary:
    """Return what a file is about.

    Raises
    ------
    OSError
        If it cannot be read.
    DataError, InvalidChoiceError
        If `write_project` has not written it.
    """
    with opened(path) as archive:
        about = _about(archive)
        return Summary(Experiment.from_dict(about.experiment), about.epochs)


def read_experiment(path: Path) -> Experiment:
    """Return the experiment of a project, or of a file that holds nothing else, as JSON.

    Raises
    ------
    OSError, DataError, InvalidChoiceError
        As `read_project`.
    """
    if not (path.is_file() and zipfile.is_zipfile(path)):
        return Experiment.from_dict(parsed(content_of(path)))
    with opened(path) as archive:
        about = _about(archive)
        return _located(archive, about, path, None)(Experiment.from_dict(about.experiment))


def is_project(path: Path) -> bool:
    """Say whether a file is a project, or is meant to be one by its name.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    if path.suffix.lower() == SUFFIX:
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            return ABOUT in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def read_project(path: Path, data: Path | None = None) -> Project:
    """Return the project that `write_project` wrote; training goes on from it to the last bit.

    Parameters
    ----------
    data
        Where a person's own data are, if the person says so.

    Raises
    ------
    OSError
        If it cannot be read.
    MissingFileError
        If its data are nowhere.
    DataError, InvalidChoiceError
        If it is no project.
    """
    with opened(path) as archive:
        about = _about(archive)
        located = _located(archive, about, path, data)
        arrays: dict[str, NDArray[Any]] = arrays_of(archive)
        content = content_of_part(archive, PARAMETERS)
    experiment = located(Experiment.from_dict(about.experiment))
    try:
        if (migrate := _MIGRATIONS.get(about.version)) is not None:
            migrate(arrays)
        kept = tuple(
            _kept(one, arrays.pop(f"kept_history@{place}"), located)
            for place, one in enumerate(about.kept)
        )
        named = safetensors_arrays(content) if content else {}
        run = run_of(experiment, arrays, named) if arrays else None
    except KeyError as error:
        raise damaged(path.name, f"{error.args[0]} is missing") from error
    except (ValueError, OverflowError) as error:
        raise damaged(path.name, error) from error
    return Project(experiment, run, kept, about.docks, about.views, about.file)


def _kept(one: _AboutKept, rows: NDArray[Any], located: _Locate) -> KeptRun:
    history = history_of(rows)
    if one.epoch is not None and one.epoch not in history.column("epoch"):
        raise ValueError("a kept run has not the epoch of its result")
    experiment = located(Experiment.from_dict(one.experiment))
    if not experiment.network.layers:
        raise ValueError("a kept run has no layers")
    return KeptRun(one.slot, cleaned(one.name), experiment, history, one.epoch)


# ------------------------------------------------------------------------------------ versions


def _about(archive: zipfile.ZipFile) -> _About:
    about, name = parsed(content_of_part(archive, ABOUT, _MOST_ABOUT) or b"{}"), name_of(archive)
    match about:
        case {"version": int(version)} if version > VERSION:
            raise DataError(
                "This file was saved by a later nnviz.", "Open it with that one, or a newer one."
            )
        case {"version": 1 | 2 | 3}:  # what later versions say besides has defaults
            try:
                found = msgspec.convert(about, _About)
            except msgspec.ValidationError as error:
                raise damaged(name, f"{ABOUT} does not say what it should: {error}") from error
            slots = {one.slot for one in found.kept}
            if len(slots) < len(found.kept) or not slots <= {*range(MOST_KEPT)}:
                raise damaged(name, f"{ABOUT} has kept runs in places that cannot be")
            return found
    raise damaged(name, f"{ABOUT} does not say what it should")


def _split_result(arrays: dict[str, NDArray[Any]]) -> None:
    """Have the arrays that the first and the second version have as one."""
    arrays["result_parameters"], arrays["result_gradients"] = arrays.pop("result")


_MIGRATIONS: Mapping[int, Callable[[dict[str, NDArray[Any]]], None]] = {
    1: _split_result,
    2: _split_result,
}
"""What makes arrays of an earlier version those of the newest. The first knew no edits, and
neither kept runs nor an arrangement."""


# ------------------------------------------------------------------------------------ own data

_Locate = Callable[[Experiment], Experiment]


def _located(archive: zipfile.ZipFile, about: _About, path: Path, data: Path | None) -> _Locate:
    """Return what puts the place of a person's own data, as it is now, into an Experiment."""
    own = Experiment.from_dict(about.experiment).data.file
    if own is None:
        return lambda experiment: experiment
    if data is None:
        content = content_of_part(archive, DATA, MOST_BYTES)
        now = own_files.found(own, about.data, path.absolute(), content)
    else:
        now = own_files.chosen(own, data)
    return lambda experiment: _at(experiment, now)


def _at(experiment: Experiment, now: OwnData) -> Experiment:
    own = experiment.data.file
    if own is None or own.sha256 != now.sha256:
        return experiment
    return experiment.change("data", file=replace(own, path=now.path))


# ------------------------------------------------------------------------------------ writing


def _parts(
    path: Path, project: Project, with_data: bool | None
) -> Iterator[tuple[str, bytes | Stack]]:
    own = project.experiment.data.file
    about = _About(
        VERSION,
        f"nnviz {__version__}",
        project.epochs,
        project.experiment.to_dict(),
        [
            _AboutKept(one.slot, one.name, one.experiment.to_dict(), one.epoch)
            for one in project.kept
        ],
        dict(project.docks),
        dict(project.views),
        Whereabouts("") if own is None else Whereabouts.of(own, path.absolute()),
        project.file,
    )
    yield ABOUT, json.dumps(msgspec.to_builtins(about), indent=1).encode()
    if project.run is not None:
        yield PARAMETERS, PARAMETER_FORMATS["safetensors"].encoded(result_of(project.run))
        yield from stacks(project.run)
    for place, one in enumerate(project.kept):
        yield f"kept_history@{place}", one.history.rows()
    if own is None:
        return
    asked = _goes_along(path, own) if with_data is None else with_data
    if content := own_files.packed(own, asked):
        yield DATA, content


def _goes_along(path: Path, own: OwnData) -> bool | None:
    """Say whether a file has these data in it; None where it is no project about them."""
    try:
        with opened(path) as archive:
            before = Experiment.from_dict(_about(archive).experiment).data.file
            is_same = before is not None and before.sha256 == own.sha256
            return DATA in archive.namelist() if is_same else None
    except (OSError, NnvizError):
        return None
