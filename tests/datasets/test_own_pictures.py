"""Folders of pictures: what they become whatever their kind, and what is left out or refused."""

from __future__ import annotations

import io
import json
import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nnviz import cli
from nnviz.datasets.own import pictures
from nnviz.datasets.own.build import OWN, load_own
from nnviz.datasets.own.formats import files_of, own_hash
from nnviz.datasets.own.proposal import propose
from nnviz.datasets.own.sample_recipes import PicturesRecipe
from nnviz.errors import DataError
from nnviz.training.choices import starting_point
from nnviz.training.experiment import Experiment

RED, GREY = (220, 20, 20), (90, 90, 90)


def folder_of(
    root: Path, classes: dict[str, Any], size: tuple[int, int] = (6, 5), each: int = 3
) -> Path:
    for name, colour in classes.items():
        (root / name).mkdir(parents=True)
        for i in range(each):
            Image.new("RGB", size, colour).save(root / name / f"{i}.png")
    return root


def warned(path: Path) -> str:
    return "\n".join(map(str, propose(path).warnings))


def samples_of(path: Path) -> PicturesRecipe:
    samples = propose(path).data.samples
    assert isinstance(samples, PicturesRecipe)
    return samples


def test_each_folder_is_a_class(tmp_path: Path) -> None:
    folder_of(tmp_path, {"red": RED, "dark": GREY})
    found = propose(tmp_path)
    assert "6 pictures of 5×6 pixels" in str(found.understood)
    assert found.first == (("dark", "3"), ("red", "3"))
    dataset = load_own(found.data)
    assert dataset.class_names == ("dark", "red")
    assert dataset.targets.tolist() == [0, 0, 0, 1, 1, 1]
    assert dataset.picture_shape == (3, 5, 6)
    assert dataset.input_unit == 1 / 255
    pixels = dataset.inputs.reshape(6, 3, -1)
    assert (pixels[0] == 90).all()
    for channel, value in enumerate(RED):
        assert (pixels[3, channel] == value).all()
    experiment = starting_point(OWN, found.data)
    assert experiment.data.spec.group == "image"
    assert Experiment.from_dict(json.loads(json.dumps(experiment.to_dict()))) == experiment


def test_size_and_colour_are_proposed(tmp_path: Path) -> None:
    folder_of(tmp_path / "grey", {"a": GREY, "b": (9, 9, 9)})
    assert samples_of(tmp_path / "grey").picture == (1, 5, 6)
    wide = folder_of(tmp_path / "wide", {"a": GREY, "b": RED}, (320, 80))
    assert samples_of(wide).picture == (3, 8, 32)
    assert "All are brought to 32×8 pixels." in warned(wide)
    folder_of(tmp_path / "mixed", {"a": GREY}, (40, 44))
    folder_of(tmp_path / "mixed", {"b": GREY}, (60, 56))
    assert samples_of(tmp_path / "mixed").picture == (1, 32, 32)


def test_what_juts_out_is_cut_off_evenly(tmp_path: Path) -> None:
    folder_of(tmp_path, {"a": GREY, "b": GREY}, (4, 4))
    levels = np.repeat(np.uint8([[0, 50, 100, 150, 200, 250]]), 4, axis=0)
    Image.fromarray(levels).save(tmp_path / "a" / "0.png")
    dataset = load_own(propose(tmp_path).data)
    assert dataset.inputs[0].reshape(4, 4)[0].tolist() == [50, 100, 150, 200]


def grey16(path: Path) -> None:
    Image.fromarray(np.full((5, 6), 128 * 257, np.uint16)).save(path)


def converted(mode: str, kind: str, **options: Any) -> Callable[[Path], None]:
    def save(path: Path) -> None:
        Image.new("RGB", (6, 5), (128, 128, 128)).convert(mode).save(path, kind, **options)

    return save


def clear(path: Path) -> None:
    Image.new("RGBA", (6, 5), (0, 0, 0, 128)).save(path, "PNG")  # half black on white


def clear_palette(path: Path) -> None:
    picture = Image.new("P", (6, 5), 1)
    picture.putpalette([0, 0, 0, 128, 128, 128])
    picture.save(path, "PNG", transparency=0)


def animated(path: Path) -> None:
    frames = [Image.new("L", (6, 5), level) for level in (128, 0, 255)]
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:])


def turned(path: Path) -> None:
    picture = Image.new("L", (5, 6), 128)
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(path, "JPEG", exif=exif)


@pytest.mark.parametrize(
    "save",
    [
        converted("L", "PNG"),
        converted("RGB", "JPEG"),
        converted("CMYK", "JPEG"),
        converted("CMYK", "TIFF"),
        converted("LA", "PNG"),
        converted("L", "GIF"),
        converted("RGB", "WEBP", lossless=True),
        converted("RGB", "BMP"),
        converted("I", "TIFF"),
        converted("F", "TIFF"),
        grey16,
        clear,
        clear_palette,
        animated,
        turned,
    ],
)
def test_pictures_of_all_kinds_are_the_same_grey(
    tmp_path: Path, save: Callable[[Path], None]
) -> None:
    folder_of(tmp_path, {"a": (128, 128, 128), "b": (128, 128, 128)})
    save(tmp_path / "a" / "0.png")
    found = propose(tmp_path)
    assert not found.warnings
    np.testing.assert_allclose(load_own(found.data).inputs, 128, atol=2)


def test_what_is_no_picture_is_left_out_and_named(tmp_path: Path) -> None:
    folder_of(tmp_path, {"a": GREY, "b": RED}, (60, 50))
    whole = (tmp_path / "a" / "0.png").read_bytes()
    (tmp_path / "a" / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "a" / "empty.png").write_bytes(b"")
    (tmp_path / "b" / "text.png").write_bytes(b"hello")
    (tmp_path / "b" / "notes.txt").write_bytes(b"hello")
    (tmp_path / "b" / ".hidden.png").write_bytes(b"hello")
    assert "Left out, 3 files. The first: “a/cut.png” is no picture" in warned(tmp_path)
    assert load_own(propose(tmp_path).data).rows == 6
    for file in (tmp_path / "a").glob("?.png"):
        file.unlink()
    with pytest.raises(
        DataError, match=r"“a” .* has no picture that can be read. “a/cut.png” is no"
    ):
        propose(tmp_path)


@pytest.mark.parametrize("side", [8_000, 60_000])
def test_pictures_of_too_many_pixels_are_not_unpacked(
    side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.BytesIO()
    Image.new("1", (9, 9)).save(stream, "PNG")
    content = stream.getvalue()
    head = b"IHDR" + struct.pack(">II", side, side) + content[24:29]
    bomb = content[:12] + head + struct.pack(">I", zlib.crc32(head)) + content[33:]
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(DataError, match=r"8,000×8,000 pixels|exceeds limit"):
        pictures.opened(bomb, "bomb.png")


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    outside = folder_of(tmp_path / "outside", {"secret": RED})
    root = folder_of(tmp_path / "root", {"a": GREY, "b": RED})
    (root / "c").symlink_to(outside / "secret")
    (root / "circle").symlink_to(root)
    (root / "a" / "link.png").symlink_to(outside / "secret" / "0.png")
    os.mkfifo(root / "a" / "pipe.png")
    found = propose(root)
    assert load_own(found.data).class_names == ("a", "b")
    assert load_own(found.data).rows == 6
    (root / "a" / "0.png").unlink()
    (root / "a" / "0.png").symlink_to(outside / "secret" / "0.png")
    load_own.cache_clear()
    with pytest.raises(DataError, match="no longer what it was"):
        load_own(found.data)


@pytest.mark.parametrize(
    ("classes", "sentence"),
    [
        ({}, "has 0 sub-folders with pictures"),
        ({"only": RED}, "has 1 sub-folders with pictures"),
        ({f"c{i:03}": RED for i in range(101)}, "has 101 sub-folders with pictures"),
    ],
)
def test_folders_without_classes_are_refused(
    tmp_path: Path, classes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence) as caught:
        propose(folder_of(tmp_path, classes, each=1))
    assert caught.value.remedy
    folder_of(tmp_path / "flat", {"a": RED})
    with pytest.raises(DataError, match="has 0 sub-folders"):
        propose(tmp_path / "flat" / "a")


@pytest.mark.skipif(not os.geteuid(), reason="root may read everything")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    folder_of(tmp_path, {"a": RED, "b": GREY})
    (tmp_path / "b").chmod(0)
    with pytest.raises(DataError, match="“b” cannot be read: Permission denied"):
        propose(tmp_path)
    (tmp_path / "b").chmod(0o700)


def test_of_many_pictures_some_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path, {"a": RED, "b": GREY}, each=9)
    monkeypatch.setattr(pictures, "MOST_EACH", 4)
    assert "only 4 pictures each are used: “a” (9), “b” (9)" in warned(tmp_path)
    found = propose(tmp_path)
    assert load_own(found.data).rows == 8
    assert [*files_of(found.data)][:4] == [f"{tmp_path.name}/a/{i}.png" for i in (0, 2, 5, 8)]
    monkeypatch.setattr(pictures, "MOST_ENTRIES", 10)
    with pytest.raises(DataError, match="more than 10 files"):
        propose(tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(pictures, "MOST_BYTES", 1000)
    with pytest.raises(DataError, match="18 pictures of 6×5 pixels are too many"):
        propose(tmp_path)


def test_a_test_folder_is_the_test_part(tmp_path: Path) -> None:
    folder_of(tmp_path / "train", {"a": RED, "b": GREY})
    folder_of(tmp_path / "test", {"b": GREY, "a": RED}, each=2)
    found = propose(tmp_path)
    dataset = load_own(found.data)
    assert dataset.targets.tolist() == [0, 0, 0, 1, 1, 1, 0, 0, 1, 1]
    assert dataset.fixed_test_rows == starting_point(OWN, found.data).data.spec.test_rows == 4


def test_a_folder_taken_elsewhere_is_the_same_data(tmp_path: Path) -> None:
    own = propose(folder_of(tmp_path / "mine", {"a": RED, "b": GREY})).data
    for name, file in files_of(own).items():
        there = tmp_path / "there" / name
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(file.read_bytes())
    moved = replace(own, path=str(tmp_path / "there" / "mine"))
    assert own_hash(moved) == own.sha256
    np.testing.assert_array_equal(load_own(moved).inputs, load_own(own).inputs)
    Image.new("RGB", (6, 5)).save(tmp_path / "there" / "mine" / "a" / "0.png")
    load_own.cache_clear()
    with pytest.raises(DataError, match="no longer what it was"):
        load_own(moved)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"classes": ("a", "../..")}, "leads out of the folder"),
        ({"classes": ("a", "..")}, "leads out of the folder"),
        ({"train": "/etc"}, "leads out of the folder"),
        ({"classes": ("a",)}, "two classes or more"),
        ({"classes": ("a", "a")}, "two classes or more"),
        ({"classes": ("a", "")}, "two classes or more"),
        ({"classes": ("a", "z")}, "“z” .* has no picture"),
        ({"picture": (3, 0, 9)}, "1 or 3 channels"),
        ({"most": 0}, "so many pictures"),
        ({"test": "b"}, "a test part has"),
    ],
)
def test_recipes_that_cannot_be_are_refused(
    tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    own = propose(folder_of(tmp_path, {"a": RED, "b": GREY})).data
    assert own.samples is not None
    with pytest.raises(DataError, match=sentence):
        load_own(replace(own, samples=replace(own.samples, **changes)))


def test_reading_tells_its_progress_and_can_be_ended(tmp_path: Path) -> None:
    folder_of(tmp_path, {"a": RED, "b": GREY}, each=60)
    told: list[float] = []
    propose(tmp_path, progress=told.append)
    assert told == sorted(told)
    assert len(told) >= 3

    def ended(_: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        propose(tmp_path, progress=ended)


def test_the_command_line_trains_on_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder_of(tmp_path / "mine", {"a": RED, "b": GREY}, each=8)
    assert cli.main(["train", "--data", str(tmp_path / "mine"), "--epochs", "2"]) == 0
    out, told = capsys.readouterr()
    assert "16 pictures of 5×6 pixels, from which “folder” is predicted" in told
    assert "90-8-4-1" in out
    assert cli.main(["train", "--data", str(tmp_path / "mine"), "--target", "size"]) == 2
    assert "“size” cannot be predicted" in capsys.readouterr().err


def test_damaged_bytes_never_get_further_than_a_sentence() -> None:
    stream = io.BytesIO()
    Image.fromarray(np.arange(300, dtype=np.uint8).reshape(15, 20)).save(stream, "PNG")
    rng = np.random.default_rng(0)
    for _ in range(100):
        content = bytearray(stream.getvalue())
        for place in rng.integers(0, len(content), 3):
            content[place] = rng.integers(256)
        try:
            pictures.opened(bytes(content), "x.png")
        except DataError as error:
            assert "“x.png” is no picture" in str(error)
