"""The two scripts that guard a rewrite: faults point at lines there are, pictures are compared."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QColor, QImage

ROOT = Path(__file__).resolve().parent.parent


def run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_fault_is_in_a_line_there_is() -> None:
    done = run("faults.py", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_changed_pictures_are_flagged_and_shown(tmp_path: Path) -> None:
    for folder, ink in (("before", "#000000"), ("after", "#ff0000")):
        (tmp_path / folder).mkdir()
        for name, side in (("same", 0), ("little", 5), ("much", 20)):
            image = QImage(100, 100, QImage.Format.Format_RGB32)
            image.fill(QColor("#ffffff"))
            for place in range(side * side):
                image.setPixelColor(place % side, place // side, QColor(ink))
            assert image.save(str(tmp_path / folder / f"{name}.png"))
    (tmp_path / "after" / "new.png").write_bytes((tmp_path / "after" / "same.png").read_bytes())
    done = run(
        "compare_pictures.py",
        "compare",
        tmp_path / "before",
        tmp_path / "after",
        "--into",
        tmp_path / "report",
    )
    assert done.returncode == 1, done.stderr
    told = {line.split("  ")[-1]: line for line in done.stdout.splitlines() if "%  " in line}
    assert "0.000%" in told["same.png"]
    assert "0.250%" in told["little.png"]
    assert {name for name, line in told.items() if line.startswith("!")} == {
        "much.png",
        "missing before",
    }
    pictures = {path.name for path in (tmp_path / "report").glob("*.png")}
    assert pictures == {"much.png", "new.png", "sheet-01.png"}
