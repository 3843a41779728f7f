"""Build resources/glossary/formulas/ from the TeX in the glossary.

    python scripts/build_formulas.py

Needs matplotlib, whose mathtext draws the formulas, beside nnviz: ``pip install matplotlib``.
People who use nnviz never need this: the pictures are part of the repository. Files are the same
to the last byte whenever the same version of matplotlib writes them.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import matplotlib as mpl
from matplotlib.mathtext import math_to_image

from nnviz.glossary import terms

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "glossary" / "formulas"


def main() -> None:
    """Write every formula in black, which the window replaces by its ink; remove what is old."""
    mpl.rcParams.update(
        {"svg.fonttype": "path", "svg.hashsalt": "nnviz", "mathtext.fontset": "stix"}
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.svg"):
        old.unlink()
    for term in terms():
        if term.tex:
            drawn = _svg(term.tex.replace("\\frac", "\\dfrac"))
            (FOLDER / f"{term.key}.svg").write_text(drawn, encoding="utf-8")


def _svg(tex: str) -> str:
    """Return a formula as SVG, without a ground and what matplotlib says of itself."""
    file = io.StringIO()
    math_to_image(f"${tex}$", file, dpi=72, format="svg", color="black")
    text = file.getvalue()
    for needless in (
        r" <metadata>.*?</metadata>\n",
        r"<!--.*?-->\n?|<\?xml.*?\?>\n|<!DOCTYPE.*?>\n",
        r'  <g id="patch_1">.*?</g>\n',
    ):
        text = re.sub(needless, "", text, flags=re.DOTALL)
    return re.sub(r" *\n(?=[MLQCHVzZ\"])", " ", text)


if __name__ == "__main__":
    main()
