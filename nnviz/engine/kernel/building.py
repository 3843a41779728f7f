"""From the C source to a library beside it, with whatever compiler there is.

Standard library only, and no imports of the package: the build hook runs it before anything is
installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

WITHOUT = "The compiled engine was not built, so NumPy trains, many times slower"
"""The beginning of the one line that says so; why follows."""

FOLDER = Path(__file__).resolve().parent

FLAGS = (
    "-std=gnu11",
    "-O3",
    "-ffp-contract=off",  # what is fused, and what is not, is written in the source
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fvisibility=hidden",
)

Levels = dict[str, tuple[str, ...]]

X86: Levels = {
    "narrow": ("-mavx2", "-mfma", "-DBYTES=32"),
    "wide": ("-mavx512f", "-mavx512dq", "-mfma", "-mprefer-vector-width=512", "-DBYTES=64"),
}
ARM: Levels = {"narrow": ("-DBYTES=16",)}
"""Builds of the same source for different registers; all give the same bits."""

Compiler = tuple[str, ...]


class BuildError(Exception):
    """There is no library; the text says why in a few words."""


def sources() -> list[Path]:
    """Return the files of the C source, in a fixed order."""
    return sorted([*FOLDER.glob("*.c"), *FOLDER.glob("*.h")])


def library_path(kind: str = "", system: str = sys.platform) -> Path:
    """Return where the library of exactly this source lies, or would lie.

    For this computer, or for another kind of processor and system (as in ``sys.platform``).
    """
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    ending = {"win32": ".dll", "darwin": ".dylib"}.get(system, ".so")
    return FOLDER / f"_{kind or machine()}-{digest.hexdigest()[:16]}{ending}"


def machine() -> str:
    """Return the processor's kind: ``"x86_64"``, ``"arm64"``, or its name where no build is for."""
    name = platform.machine().lower()
    known = {"amd64": "x86_64", "x64": "x86_64", "aarch64": "arm64"}.get(name, name)
    return known if sys.maxsize > 2**32 else "32 bits"


def levels(kind: str) -> Levels:
    """Return what is compiled for a kind of processor, and with which flags; nothing for others."""
    return {"x86_64": X86, "arm64": ARM}.get(kind, {})


def compilers() -> Iterator[Compiler]:
    """Yield the commands of compilers that may do, the system's first."""
    chosen = os.environ.get("CC", "").split()
    if chosen and shutil.which(chosen[0]):
        yield tuple(chosen)
    if sys.platform != "win32":  # there its own compiler knows no vectors
        for name in ("cc", "gcc", "clang"):
            if (found := shutil.which(name)) is not None:
                yield (found,)
    if importlib.util.find_spec("ziglang") is not None:
        yield (sys.executable, "-m", "ziglang", "cc")


def build(target: Path | None = None) -> Path:
    """Compile the library unless it is there; return its path.

    Raises
    ------
    BuildError
        If there is no compiler for this machine, or none that can do it.
    """
    path = target or library_path()
    if path.exists():
        return path
    if not levels(machine()):
        raise BuildError(f"there is no such engine for processors of the kind “{machine()}”")
    reason = "there is no C compiler"
    for compiler in compilers():
        try:
            compile_with(compiler, path)
        except BuildError as error:
            reason = str(error)
            continue
        for old in FOLDER.glob(f"_*-*{path.suffix}"):
            if old != path and target is None:
                with contextlib.suppress(OSError):  # in use, or another installation was first
                    old.unlink()
        return path
    raise BuildError(reason)


def compile_with(compiler: Compiler, path: Path, more: Sequence[str] = (), kind: str = "") -> None:
    """Compile the library with one compiler, into `path` whole or not at all.

    `more` are further flags; `kind` is that of another processor, where it is to be another's.

    Raises
    ------
    BuildError
        If the compiler cannot.
    """
    position = () if path.suffix == ".dll" else ("-fPIC",)
    if "ziglang" in compiler:
        more = ("-fno-sanitize=all", *more)  # its debug checks, which are on at any other level
    with tempfile.TemporaryDirectory() as folder:
        objects, jobs = [], []
        for level, flags in levels(kind or machine()).items():
            objects.append(str(Path(folder, f"{level}.o")))
            jobs.append(
                [*flags, f"-DLEVEL={level}", "-c", str(FOLDER / "kernel.c"), "-o", objects[-1]]
            )
        objects.append(str(Path(folder, "level.o")))
        jobs.append(["-c", str(FOLDER / "level.c"), "-o", objects[-1]])
        _run_all([[*compiler, *FLAGS, *position, *more, *job] for job in jobs])
        made = Path(folder, path.name)
        _run_all([[*compiler, *more, "-shared", *objects, "-o", str(made)]])
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            shutil.copyfile(made, beside)
            beside.replace(path)
        except OSError as error:
            raise BuildError(f"it cannot be written ({error.strerror})") from error


def _run_all(commands: Sequence[Sequence[str]]) -> None:
    """Run commands beside each other, and wait for all."""
    try:
        started = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for command in commands
        ]
    except OSError as error:
        raise BuildError(f"the C compiler cannot be started ({error.strerror})") from error
    failed = [child.communicate()[1] for child in started if child.wait() or child.returncode]
    if failed:
        lines = [line for text in failed for line in text.splitlines() if "error" in line]
        raise BuildError(f"the C compiler failed ({(lines or failed)[0].strip()[:200]})")
