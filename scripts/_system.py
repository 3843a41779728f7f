"""What the machine must bring along: the system libraries Qt loads, a font, Python's venv.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class SetupError(Exception):
    """Something the person at the keyboard has to do first; its text says what."""


@dataclass(frozen=True)
class Need:
    """One thing the machine must have.

    Parameters
    ----------
    what
        The name shown when no package manager is known: a library's soname, or a plain name.
    packages
        Debian's and Ubuntu's names of the package that has it, the newest name first.
    """

    what: str
    packages: tuple[str, ...]


# Found by starting the program in bare Debian roots: without any of the first group Qt does not
# load at all, without any of the second its X11 plugin does not.
OFFSCREEN = (
    Need("libglib-2.0.so.0", ("libglib2.0-0t64", "libglib2.0-0")),
    Need("libGL.so.1", ("libgl1",)),
    Need("libEGL.so.1", ("libegl1",)),
    Need("libfontconfig.so.1", ("libfontconfig1",)),
    Need("libxkbcommon.so.0", ("libxkbcommon0",)),
    Need("libdbus-1.so.3", ("libdbus-1-3",)),
)
SCREEN = (
    Need("libxcb-cursor.so.0", ("libxcb-cursor0",)),
    Need("libxkbcommon-x11.so.0", ("libxkbcommon-x11-0",)),
    Need("libxcb-icccm.so.4", ("libxcb-icccm4",)),
    Need("libxcb-keysyms.so.1", ("libxcb-keysyms1",)),
    Need("libxcb-shape.so.0", ("libxcb-shape0",)),
)
FONT = Need("a font", ("fonts-dejavu-core",))
VENV = Need(
    "Python's venv and ensurepip modules",
    (f"python{sys.version_info.major}.{sys.version_info.minor}-venv", "python3-venv"),
)
FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
)


def has_library(soname: str) -> bool:
    """Say whether the dynamic loader finds the library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Say whether any outline font is installed; without one, text shows as empty boxes."""
    return any(
        name.lower().endswith((".ttf", ".otf", ".ttc"))
        for folder in FONT_FOLDERS
        for _, _, names in os.walk(folder)  # unlike rglob, passes over what may not be read
        for name in names
    )


def has_venv() -> bool:
    """Say whether this Python can make an environment with pip; bare Debian's cannot."""
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))


def missing_needs(screen: bool, new_environment: bool) -> list[Need]:
    """List what the machine lacks, so that it can all be said at once.

    Parameters
    ----------
    screen
        Whether a real window is to be opened, rather than an offscreen one.
    new_environment
        Whether an environment has to be made.
    """
    missing = [VENV] if new_environment and not has_venv() else []
    if sys.platform.startswith("linux"):  # elsewhere Qt's wheel brings all it needs
        wanted = OFFSCREEN + SCREEN if screen else OFFSCREEN
        missing += [need for need in wanted if not has_library(need.what)]
        if not has_font():
            missing.append(FONT)
    return missing


def provide(missing: Sequence[Need]) -> None:
    """Install what is missing when root on Debian or Ubuntu; otherwise say how to.

    Raises
    ------
    SetupError
        If the person has to do it, with the one command that does where it is known.
    """
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise SetupError(_without_apt(missing))
    if not is_root():
        raise SetupError(
            "Some system packages are missing. This one command installs them; "
            f"run it, then run this again:\n\n    {advice(missing)}"
        )
    _install(missing)


def _without_apt(missing: Sequence[Need]) -> str:
    lines = "\n".join(f"    {need.what}  (in Debian's {need.packages[-1]})" for need in missing)
    return (
        f"This machine lacks:\n\n{lines}\n\n"
        "Install them with its package manager, then run this again."
    )


def is_root() -> bool:
    """Say whether this process may install system packages."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def advice(missing: Sequence[Need]) -> str:
    """Return the one line for a shell that installs all that is missing."""
    commands = [shlex.join(install_command(missing))]
    if not _all_known(missing):
        commands.insert(0, "apt-get update")
    if shutil.which("sudo") is None:
        return f"su -c {shlex.quote(' && '.join(commands))}"
    return " && ".join(f"sudo {command}" for command in commands)


def install_command(missing: Sequence[Need]) -> list[str]:
    """Return the command line that installs the packages."""
    names = dict.fromkeys(map(package_name, missing))
    return ["apt-get", "install", "-y", "--no-install-recommends", *names]


def package_name(need: Need) -> str:
    """Return the package's name in this release; the oldest name where apt knows none.

    Newer releases still answer to the old name, so it is the safe guess.
    """
    return next((name for name in need.packages if is_known(name)), need.packages[-1])


def is_known(package: str) -> bool:
    """Say whether apt could install a package of exactly this name."""
    found = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", package], capture_output=True, check=False
    )
    return found.returncode == 0


def _all_known(missing: Sequence[Need]) -> bool:
    return all(any(map(is_known, need.packages)) for need in missing)


def _install(missing: Sequence[Need]) -> None:
    """Install with apt-get, fetching its lists first only where they are absent or stale."""
    if _all_known(missing) and _apt(install_command(missing)):
        return
    _apt(["apt-get", "update"])
    command = install_command(missing)
    if not _apt(command):
        raise SetupError(
            "Installing system packages failed; the lines above say why. "
            f"The command was:\n\n    {shlex.join(command)}"
        )


def _apt(command: Sequence[str]) -> bool:
    print("$ " + shlex.join(command), flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0
