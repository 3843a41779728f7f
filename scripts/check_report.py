"""Look at reports as people do: ``python scripts/check_report.py [FOLDER] [FILE.html …]``.

Reports of some presets, and of a table with names that look like HTML, or the files named, are
opened in Chromium, which has to be installed, without a window. In the folder it leaves a picture
of each page on a screen and on a telephone, and its print as PDF. It fails where the browser
complains, something is wider than the page, a picture is not shown, or a text became markup; and,
where pdftotext is installed, if a printed page ends with a heading.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SCREENS = {"screen": (1280, 900), "telephone": (390, 844)}
PRESETS = ("xor-2-4-1", "two-gaussians", "house-prices", "letters-abc", "digits-cnn")
EVIL = "<script>alert(1)</script>"

PROBE = """<script>
addEventListener("error", event => complaints.push(event.message), true);
addEventListener("securitypolicyviolation",
  event => complaints.push(event.violatedDirective + " " + event.blockedURI));
var complaints = [];
addEventListener("load", () => {
  const page = document.documentElement, pictures = [...document.images];
  const wide = [...document.querySelectorAll("main *")].filter(
    each => each.getBoundingClientRect().right > page.clientWidth + 1 && !each.closest(".wide"));
  const found = document.createElement("script");
  found.type = "application/json";
  found.id = "found";
  found.textContent = JSON.stringify({
    complaints, overflow: page.scrollWidth > page.clientWidth,
    wide: wide.map(each => each.tagName + " " + each.textContent.slice(0, 40)),
    missing: pictures.filter(each => !each.complete || !each.naturalWidth).map(each => each.alt),
    pictures: pictures.length, unnamed: pictures.filter(each => !each.alt).length,
    markup: document.querySelectorAll("main script, main b, main i").length,
    height: page.scrollHeight,
  });
  document.body.append(found);
});
</script>"""
"""Tells what is wrong with the page that it is put into, as the only script of it."""

_ALLOWED = "script-src 'unsafe-inline'"


def main(arguments: list[str]) -> int:
    """Look at all pages; return the exit status."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("No browser is here: install chromium.", file=sys.stderr)
        return 1
    files = [Path(each) for each in arguments if each.endswith(".html")]
    folders = [Path(each) for each in arguments if not each.endswith(".html")]
    folder = folders[0] if folders else Path(tempfile.mkdtemp(prefix="nnviz-reports-"))
    folder.mkdir(parents=True, exist_ok=True)
    faults = 0
    for file in files or _made(folder):
        for screen in SCREENS:
            picture = folder / f"{file.stem}-{screen}.png"
            found = _looked_at(browser, file, screen, picture)
            faults += len(found)
            print("\n    ".join([f"{picture.name}: {len(found)} faults", *found]), flush=True)
        printed = folder / f"{file.stem}.pdf"
        option = f"--print-to-pdf={printed}"
        _browse(browser, SCREENS["screen"], option, "--no-pdf-header-footer", str(file))
        lonely = _lonely_headings(file, printed)
        faults += len(lonely)
        print("\n    ".join([f"{printed.name}: {len(lonely)} faults", *lonely]), flush=True)
    print(f"{folder}: {faults} faults")
    return 1 if faults else 0


def _made(folder: Path) -> list[Path]:
    """Write the reports of the presets, and of a table with names that look like HTML."""
    table = folder / "evil.csv"
    lines = (f"{i},{i * i % 7},{EVIL if i % 2 else '<b>bold</b> & co'}" for i in range(40))
    table.write_text("\n".join([f"<i>a</i>,$b,{EVIL}", *lines]), encoding="utf-8")
    runs = {key: ["--preset", key, "--epochs", "40"] for key in PRESETS}
    runs["evil"] = ["--data", str(table), "--target", EVIL, "--epochs", "40"]
    files = []
    for name, asked in runs.items():
        files.append(folder / f"{name}.html")
        command = [sys.executable, "-m", "nnviz", "train", *asked, "--report", str(files[-1])]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return files


def _looked_at(browser: str, file: Path, screen: str, picture: Path) -> list[str]:
    """Take the picture of a whole page on a screen; return what is wrong with it."""
    text = file.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        probed = Path(folder, "page.html")
        # It needs a script, which the page itself forbids; the rest of its policy holds.
        allowed = text.replace("default-src 'none'", f"default-src 'none'; {_ALLOWED}")
        probed.write_text(allowed.replace("<title>", f"{PROBE}<title>", 1), encoding="utf-8")
        told = _browse(browser, SCREENS[screen], "--dump-dom", str(probed))
    match = re.search(r'<script[^>]* id="found">(.*?)</script>', told.stdout, re.DOTALL)
    if match is None:
        return [f"the page was not read: {told.stderr[-300:]}"]
    found = json.loads(match[1])
    whole = SCREENS[screen][0], found["height"]
    quiet = _browse(browser, whole, f"--screenshot={picture}", str(file)).stderr
    faults = [f"{name}: {found[name]}" for name in ("complaints", "wide", "missing") if found[name]]
    faults += ["it is wider than the screen"] if found["overflow"] else []
    faults += ["a text has become markup"] if found["markup"] else []
    faults += [f"{found['unnamed']} pictures have no words"] if found["unnamed"] else []
    faults += [] if found["pictures"] == 5 else [f"it has {found['pictures']} pictures"]
    return faults + [line for line in quiet.splitlines() if "CONSOLE" in line]


def _lonely_headings(file: Path, printed: Path) -> list[str]:
    """Return the headings that are the last line of a printed page."""
    if shutil.which("pdftotext") is None:
        return []
    command = ["pdftotext", "-layout", str(printed), "-"]
    pages = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\f")
    last = {page.split("\n")[-1].strip() for page in map(str.rstrip, pages)}
    headings = re.findall("<h2>(.*?)</h2>", file.read_text(encoding="utf-8"))
    return [f"a page ends with “{heading}”" for heading in headings if heading in last]


def _browse(browser: str, size: tuple[int, int], *what: str) -> subprocess.CompletedProcess[str]:
    """Have the browser do something with a page, the last argument, in a window of a size."""
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--user-data-dir={profile}", "--enable-logging=stderr", "--log-level=0",
            f"--window-size={size[0]},{size[1]}", "--virtual-time-budget=4000",
            *what[:-1], Path(what[-1]).resolve().as_uri(),
        ]  # fmt: skip
        environment = {**os.environ, "HOME": profile}
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, timeout=120
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
