"""Build a wheel for every system on this one: ``python scripts/build_wheels.py [FOLDER]``.

The compiled engine is cross-compiled by ziglang (``pip install ziglang``); hatchling packs it. A
wheel is for every Python there is on its system, since the engine knows nothing of Python.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from nnviz.engine.kernel import building  # noqa: E402


@dataclass(frozen=True)
class Target:
    """A system: processor and system as building has them, zig's name, the wheel's tag."""

    kind: str
    system: str
    zig: str
    tag: str


TARGETS = (
    Target("x86_64", "linux", "x86_64-linux-gnu.2.17", "manylinux2014_x86_64"),
    Target("arm64", "linux", "aarch64-linux-gnu.2.17", "manylinux2014_aarch64"),
    Target("x86_64", "darwin", "x86_64-macos.11.0", "macosx_11_0_x86_64"),
    Target("arm64", "darwin", "aarch64-macos.11.0", "macosx_11_0_arm64"),
    Target("x86_64", "win32", "x86_64-windows-gnu", "win_amd64"),
    Target("arm64", "win32", "aarch64-windows-gnu", "win_arm64"),
)


def build(target: Target, folder: Path) -> Path:
    """Compile the engine for a system and return the wheel with it."""
    from hatchling.builders.wheel import WheelBuilder

    library = building.library_path(target.kind, target.system)
    is_new = not library.exists()
    if is_new:
        compiler = (sys.executable, "-m", "ziglang", "cc", "-target", target.zig)
        building.compile_with(compiler, library, kind=target.kind)
    os.environ["NNVIZ_WHEEL"] = f"{library.name} {target.tag}"
    try:
        wheels = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
        return Path(next(wheels))
    finally:
        del os.environ["NNVIZ_WHEEL"]
        if is_new:
            library.unlink()


def main(arguments: list[str] | None = None) -> int:
    """Build all of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist")
    folder = parser.parse_args(arguments).folder
    if importlib.util.find_spec("ziglang") is None:
        parser.error("ziglang is missing: pip install ziglang")
    for target in TARGETS:
        wheel = build(target, folder)
        print(f"{wheel.name}  {wheel.stat().st_size / 1e6:.1f} MB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
