"""From folders of pictures to a `Dataset`: each sub-folder is a class, all get one size."""

from __future__ import annotations

import io
import os
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnviz.datasets.dataset import Dataset, pixel_names
from nnviz.datasets.own.doubts import Note
from nnviz.datasets.own.recipe import MOST_CLASSES, OWN, cleaned, unique
from nnviz.datasets.own.sample_recipes import MOST_PICTURES, MOST_SIDE, PicturesRecipe, Shape
from nnviz.datasets.own.stored import hash_of
from nnviz.datasets.own.table import Progress
from nnviz.errors import DataError
from nnviz.files import unreadable

if TYPE_CHECKING:
    from PIL import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm")
MOST_EACH = 2000
"""Pictures of a class that are proposed to be used."""

MOST_ENTRIES = 200_000
"""Names in the folders that are listed at all."""

MOST_FILE_BYTES = 50 * 2**20
MOST_PICTURE_PIXELS = 50_000_000
"""Of one picture in its file: unpacked it takes three or four times as many bytes."""

MOST_BYTES = 200 * 2**20
"""Of all pictures together, brought to their size."""

_USUAL_SIDE = 32
"""Larger pictures are proposed with so many rows or columns, whichever are more."""

_LOOKED_AT = 60
"""Pictures that show size and colours."""

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
_TRAIN, _TEST = ("train", "training"), ("test", "testing", "val", "valid", "validation")


def pictures_in(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the names of pictures by sub-folder, both in order; no link is followed.

    Raises
    ------
    DataError
        If it cannot be read, or has more files than a folder of samples would.
    """
    classes: dict[str, tuple[str, ...]] = {}
    seen = 0
    for entry in _entries(path):
        if entry.name.startswith((".", "__")) or not entry.is_dir(follow_symlinks=False):
            continue
        names = []
        for inner in _entries(Path(entry.path)):
            seen += 1
            if seen > MOST_ENTRIES:
                raise DataError(
                    "“{name}” has more than {most:,} files.",
                    "Choose the folder whose sub-folders are the classes.",
                    name=cleaned(path.name),
                    most=MOST_ENTRIES,
                )
            is_shown = inner.name.lower().endswith(SUFFIXES) and not inner.name.startswith(".")
            if is_shown and inner.is_file(follow_symlinks=False):
                names.append(inner.name)
        if names:
            classes[entry.name] = tuple(sorted(names))
    return dict(sorted(classes.items()))


def _entries(path: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as found:
            return [*found]
    except (OSError, ValueError) as error:
        raise unreadable(cleaned(path.name), error) from error


# ------------------------------------------------------------------------------- what is proposed


def proposed_pictures(path: Path, notes: list[Note]) -> PicturesRecipe:
    """Return how a folder of pictures can be read.

    Raises
    ------
    DataError
        If it has no two sub-folders of pictures.
    """
    folders = (one for one in _entries(path) if one.is_dir(follow_symlinks=False))
    inner = {one.name.lower(): one.name for one in folders}
    train = next((inner[name] for name in _TRAIN if name in inner), "")
    test = next((inner[name] for name in _TEST if name in inner), "")
    if not (train and test) or len(pictures_in(path / train)) < 2:
        train = test = ""
    classes = pictures_in(path / train)
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise DataError(
            "“{name}” has {found:,} sub-folders with pictures.",
            "Each is a class: choose a folder with 2 to {most} of them.",
            name=cleaned(path.name),
            found=len(classes),
            most=MOST_CLASSES,
        )
    most = max(1, min(MOST_EACH, MOST_PICTURES // len(classes)))
    recipe = PicturesRecipe(tuple(classes), most=most, train=train)
    larger = [f"“{cleaned(n)}” ({len(f):,})" for n, f in classes.items() if len(f) > most]
    if larger:
        sentence = "Of these classes only {most:,} pictures each are used: {names}."
        notes.append(Note(sentence, {"most": most, "names": ", ".join(larger[:5])}))
    picture = _shape(path, recipe, notes)
    rows = sum(len(f) for _, f in _chosen(path, test, recipe)) if test else 0
    return PicturesRecipe(recipe.classes, picture, most, train, test if rows else "", rows)


def _shape(path: Path, recipe: PicturesRecipe, notes: list[Note]) -> Shape:
    """Return the size most pictures can have, at most 32 pixels, and whether any has colours."""
    files = [
        path / recipe.train / c / name
        for c, names in _chosen(path, recipe.train, recipe)
        for name in names
    ]
    sizes, in_color = [], False
    for place in np.unique(np.linspace(0, len(files) - 1, _LOOKED_AT).astype(int)):
        try:
            picture = opened(read_file(files[place]), files[place].name)
        except DataError:
            continue  # `pictures_dataset` says which are left out
        sizes.append(picture.size)
        small = np.asarray(picture.resize((16, 16)).convert("RGB"), np.int16)
        in_color = in_color or bool((np.ptp(small, axis=2) > 24).any())
    if not sizes:
        return recipe.picture
    columns, rows = np.median(np.array(sizes), axis=0)
    if len(set(sizes)) > 1 and 0.8 <= rows / columns <= 1.25:
        columns = rows = max(columns, rows)
    scale = min(1.0, _USUAL_SIDE / max(rows, columns))
    fitted = [min(max(4, round(side * scale)), MOST_SIDE) for side in (rows, columns)]
    if len(set(sizes)) > 1 or max(sizes[0]) > _USUAL_SIDE:
        known = {"width": fitted[1], "height": fitted[0]}
        notes.append(Note("All are brought to {width}×{height} pixels.", known))
    return (3 if in_color else 1, fitted[0], fitted[1])


def _chosen(path: Path, part: str, recipe: PicturesRecipe) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each class and the names of the pictures of it that are used."""
    classes = pictures_in(path / part)
    for name in recipe.classes:
        files = classes.get(name, ())
        places = np.unique(np.linspace(0, len(files) - 1, min(recipe.most, len(files))).astype(int))
        yield name, tuple(files[place] for place in places)


# ------------------------------------------------------------------------------- what it becomes


def picture_files(path: Path, recipe: PicturesRecipe) -> dict[str, Path]:
    """Return the files that are used, by their names below the folder, in order."""
    found = {}
    for part in (recipe.train, recipe.test) if recipe.test else (recipe.train,):
        for folder, names in _chosen(path, part, recipe):
            for name in names:
                relative = "/".join(filter(None, (part, folder, name)))
                found[relative] = path / part / folder / name
    return found


def pictures_dataset(
    path: Path, recipe: PicturesRecipe, progress: Progress | None = None
) -> tuple[Dataset, str, list[str]]:
    """Return the data set of a folder, what tells its content from any other, and what is left out.

    Raises
    ------
    DataError
        If a class has no picture that can be read, or they are too many for their size.
    """
    files = picture_files(path, recipe)
    if len(files) * int(np.prod(recipe.picture)) > MOST_BYTES:
        raise DataError(
            "{count:,} pictures of {columns}×{rows} pixels are too many.",
            "Make them smaller, or use fewer of each class.",
            count=len(files),
            columns=recipe.picture[2],
            rows=recipe.picture[1],
        )
    pixels, left_out = list[NDArray[np.uint8]](), list[str]()
    found: dict[bool, list[int]] = {False: [], True: []}

    def read() -> Iterator[tuple[str, bytes]]:
        for place, (name, content) in enumerate(contents_of_pictures(path, recipe)):
            try:
                pixels.append(scaled(opened(content, name), recipe.picture))
                is_test = bool(recipe.test) and name.startswith(f"{recipe.test}/")
                found[is_test].append(recipe.classes.index(name.split("/")[-2]))
            except DataError as error:
                left_out.append(str(error))
            if progress is not None and place % 50 == 0:
                progress(place / len(files))
            yield name, content

    sha256 = hash_of(read())
    counts = np.bincount(found[False], minlength=len(recipe.classes))
    for name, count in zip(recipe.classes, counts, strict=True):
        if not count:
            raise DataError(
                "The folder “{folder}” of “{name}” has no picture that can be read. {first}",
                "Put pictures into it, or take it away.",
                folder=cleaned(name),
                name=cleaned(path.name),
                first=left_out[0] if left_out else "",
            )
    channels, rows, columns = recipe.picture
    dataset = Dataset(
        name=OWN,
        task="classification",
        inputs=np.stack(pixels),
        targets=np.array([*found[False], *found[True]], np.int64),
        feature_names=pixel_names(rows, columns, channels),
        class_names=unique(cleaned(name) or "?" for name in recipe.classes),
        target_name="folder",
        input_unit=1 / 255,
        image_shape=(rows, columns),
        channels=channels,
        fixed_test_rows=len(found[True]),
    )
    return dataset, sha256, left_out


def contents_of_pictures(path: Path, recipe: PicturesRecipe) -> Iterator[tuple[str, bytes]]:
    """Yield the names below the folder and the contents of its pictures."""
    for name, file in picture_files(path, recipe).items():
        yield name, read_file(file)


def read_file(path: Path) -> bytes:
    """Return the bytes of a plain file; none of one that is too large or may not be read."""
    try:
        about = path.lstat()
        if stat.S_ISREG(about.st_mode) and about.st_size <= MOST_FILE_BYTES:
            return path.read_bytes()
    except (OSError, ValueError):
        return b""  # which `opened` refuses
    return b""


def _no_picture(name: str, reason: str) -> DataError:
    """Return the error for a picture that cannot be shown."""
    return DataError(
        "“{name}” is no picture that can be read: {reason}.",
        "Take it out of the folder, or save it anew as PNG.",
        name=cleaned(name),
        reason=cleaned(reason).rstrip("."),
    )


def opened(content: bytes, name: str) -> Image.Image:
    """Return a picture, of several the first, in grey or in colours and the right way up.

    Raises
    ------
    DataError
        If it is none, ends too early or would take too much memory.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if not content:
        raise _no_picture(name, "it is empty, too large or may not be read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, and of sizes that are refused below
            picture = Image.open(io.BytesIO(content), formats=_FORMATS)
            if picture.width * picture.height > MOST_PICTURE_PIXELS:
                raise _no_picture(name, f"it has {picture.width:,}×{picture.height:,} pixels")
            if picture.format == "JPEG":
                picture.draft(None, (2 * MOST_SIDE, 2 * MOST_SIDE))
            picture.load()
            return _plain(ImageOps.exif_transpose(picture))
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise _no_picture(name, "it is of another kind, or damaged") from error
    except Exception as error:  # decoders of damaged files raise nearly anything
        reason = cleaned(str(error)) or type(error).__name__
        raise _no_picture(name, reason) from error


def _plain(picture: Image.Image) -> Image.Image:
    """Return a picture of 8 bits in grey ("L") or in colours ("RGB"), what is clear being white."""
    from PIL import Image

    if picture.mode.startswith("I") or picture.mode == "F":
        levels = np.asarray(picture, np.float64)
        top = max(255.0, float(np.nan_to_num(levels).max(initial=0.0)))
        shares = np.nan_to_num(levels) / (65535.0 if top > 255 else 255.0)
        return Image.fromarray(np.rint(255 * shares.clip(0, 1)).astype(np.uint8))
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def scaled(picture: Image.Image, shape: Shape) -> NDArray[np.uint8]:
    """Return a picture as numbers, channel by channel: shape (channels · rows · columns,)."""
    from PIL import Image, ImageOps

    channels, rows, columns = shape
    picture = picture.convert("RGB" if channels == 3 else "L")
    if picture.size != (columns, rows):
        picture = ImageOps.fit(picture, (columns, rows), Image.Resampling.BILINEAR)
    pixels: NDArray[Any] = np.asarray(picture, np.uint8).reshape(rows, columns, channels)
    return np.ascontiguousarray(np.moveaxis(pixels, 2, 0)).ravel()
