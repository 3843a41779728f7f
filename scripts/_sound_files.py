"""Sound files of every kind that nnviz opens: what `fuzz_files` damages."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nnviz.datasets.own.proposal import propose
from nnviz.storage.project import Project, write_project
from nnviz.training.history import History
from nnviz.training.presets import PRESETS
from nnviz.training.recorded import RecordedRun
from nnviz.training.trainer import Trainer, overflow_is_checked


def _table() -> str:
    rng = random.Random(1)
    rows = [f"{rng.gauss(5, 2):.2f},{rng.choice('abc')},{rng.randrange(9)}" for _ in range(40)]
    return "\n".join(("length,kind,count", *rows)) + "\n"


def _sheet_cells() -> str:
    rows = []
    for row in _table().splitlines():
        cells = (f"<c t='inlineStr'><is><t>{cell}</t></is></c>" for cell in row.split(","))
        rows.append(f"<row>{''.join(cells)}</row>")
    return "".join(rows)


def _xlsx() -> bytes:
    start = '<?xml version="1.0" encoding="UTF-8"?>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return _zip(
        {
            "[Content_Types].xml": f'{start}<Types xmlns="{package}/content-types"><Default'
            ' Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
            f'+xml"/><Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/>'
            "</Types>",
            "_rels/.rels": f'{start}<Relationships xmlns="{package}/relationships"><Relationship'
            f' Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'{start}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="one" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'{start}<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>",
            "xl/worksheets/sheet1.xml": f'{start}<worksheet xmlns="{main}"><sheetData>'
            f"{_sheet_cells()}</sheetData></worksheet>",
        }
    )


def _zip(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _npz() -> bytes:
    rng, buffer = np.random.default_rng(0), io.BytesIO()
    np.savez(buffer, x=rng.normal(size=(30, 3)), y=rng.integers(0, 2, 30))
    return buffer.getvalue()


def _npy() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.random.default_rng(0).normal(size=(30, 4)))
    return buffer.getvalue()


def _idx(array: np.ndarray[Any, Any]) -> bytes:
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes((0, 0, 8, array.ndim)) + sizes + array.astype(np.uint8).tobytes()


def _pictures(folder: Path) -> Path:
    from PIL import Image

    rng = np.random.default_rng(0)
    for kind in ("cats", "dogs"):
        (folder / kind).mkdir(parents=True)
        for number in range(3):
            picture = Image.fromarray(rng.integers(0, 255, (9, 8, 3), np.uint8))
            picture.save(folder / kind / f"{number}.png")
    return folder


def _images(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    labels = _idx(rng.integers(0, 3, 20))
    (folder / "train-labels-idx1-ubyte").write_bytes(labels)
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(_idx(rng.integers(0, 255, (20, 5, 5))))
    return path


def _project(folder: Path) -> Path:
    trainer = Trainer(PRESETS["xor-2-4-1"].experiment)
    history = History(len(trainer.network.layers))
    with overflow_is_checked():
        history.append(trainer.evaluate())
        history.extend(trainer.advance(20).rows)
    checkpoint = trainer.checkpoint()
    run = RecordedRun(trainer.problem.experiment, history, (checkpoint,), checkpoint.snapshot())
    path = folder / "run.nnviz"
    write_project(path, Project(run.experiment, run))
    return path


def _recipe(folder: Path) -> Path:
    recipe = propose(KINDS["CSV"](folder)).data.recipe
    path = folder / "recipe.json"
    path.write_text(json.dumps(dataclasses.asdict(recipe)), encoding="utf-8")
    return path


_ORANGE = "length\tkind\tcount\nc\td\tc\n\tclass\t\n" + _table().split("\n", 1)[1].replace(
    ",", "\t"
)


def _written(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


KINDS: dict[str, Callable[[Path], Path]] = {
    "CSV": _written("table.csv", _table().encode()),
    "CSV, gzip": _written("table.csv.gz", gzip.compress(_table().encode(), mtime=0)),
    "CSV, UTF-16": _written("table.txt", _table().replace(",", ";").encode("utf-16")),
    "Orange": _written("table.tab", _ORANGE.encode()),
    "Excel": _written("table.xlsx", _xlsx()),
    "NPZ": _written("arrays.npz", _npz()),
    "NPY": _written("array.npy", _npy()),
    "IDX": _images,
    "pictures": lambda folder: _pictures(folder / "pictures"),
    "project": _project,
    "experiment": _written(
        "experiment.json", json.dumps(PRESETS["digits-cnn"].experiment.to_dict()).encode()
    ),
    "recipe": _recipe,
}
"""What is damaged: how a sound file of each kind is made in a folder."""
