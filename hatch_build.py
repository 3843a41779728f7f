"""Compiles the engine's C source while the package is built: pip and hatchling call this.

With the system's C compiler or, where there is none, with ziglang from PyPI. Where neither can do
it the package is built without: NumPy trains then.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPILER = "ziglang>=0.14"

FOREIGN = "NNVIZ_WHEEL"
"""Environment variable: a library's name, and the tag of the system it is for."""

WHEELS = {("linux", "x86_64"), ("linux", "arm64"), ("darwin", "x86_64"), ("darwin", "arm64")} | {
    ("win32", "x86_64"),
    ("win32", "arm64"),
}
"""Systems that the compiler from PyPI has wheels for."""


class KernelBuildHook(BuildHookInterface[Any]):
    """Adds the compiled engine to the wheel, or to the checkout of an editable installation."""

    def dependencies(self) -> list[str]:
        """Return what has to be installed first: a compiler, where there is none."""
        building = _building(self.root)
        is_known = (sys.platform, building.machine()) in WHEELS and platform.libc_ver()[0] != "musl"
        needed = self.target_name == "wheel" and not building.library_path().exists()
        return [COMPILER] if needed and is_known and not list(building.compilers()) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, before files are collected."""
        if self.target_name != "wheel":
            return
        building = _building(self.root)
        if FOREIGN in os.environ:  # scripts/build_wheels.py has compiled it, for another computer
            name, tag = os.environ[FOREIGN].split()
            _add(build_data, name, tag)
            return
        try:
            library = building.build()
        except building.BuildError as error:
            self.app.display_warning(f"{building.WITHOUT} ({error}).")
            return
        if version != "editable":
            system = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            _add(build_data, library.name, system)


def _add(build_data: dict[str, Any], name: str, system: str) -> None:
    """Have a library in the wheel, and say in the wheel's name which system it is for."""
    build_data["pure_python"] = False
    build_data["tag"] = f"py3-none-{system}"
    build_data["artifacts"].append(f"/nnviz/engine/kernel/{name}")


def _building(root: str) -> ModuleType:
    """Return the package's module that compiles, without the package: it may lack NumPy still."""
    path = Path(root, "nnviz", "engine", "kernel", "building.py")
    spec = importlib.util.spec_from_file_location("nnviz_kernel_building", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
