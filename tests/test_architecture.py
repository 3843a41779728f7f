"""The house rules of docs/architecture.md, kept by machines."""

from __future__ import annotations

import ast
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "nnviz"
GUI = PACKAGE / "gui"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
QT = ("PySide6", "shiboken6", "pyqtgraph")
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

# ---------------------------------------------------------------- the tools that know the rules

TOOLS = {
    "ruff": [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--output-format=concise",
        "nnviz",
        "scripts",
        "tests",
    ],
    "format": [sys.executable, "-m", "ruff", "format", "--check", "nnviz", "scripts", "tests"],
    "mypy": [sys.executable, "-m", "mypy"],
    "imports": [str(Path(sysconfig.get_path("scripts"), "lint-imports"))],
}


# NumPy's annotations differ between its versions, and Python 3.10 gets an older NumPy: types are
# checked against the newer one, for Python 3.10's library all the same (pyproject.toml says so).
OLD_TYPES = pytest.mark.skipif(sys.version_info < (3, 11), reason="older NumPy, other annotations")


@pytest.mark.parametrize(
    "tool", [pytest.param(name, marks=OLD_TYPES if name == "mypy" else ()) for name in TOOLS]
)
def test_tool_finds_nothing(tool: str) -> None:
    done = subprocess.run(TOOLS[tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"


# ------------------------------------------------------------------------- rules over a syntax tree
# Each takes the tree of a file and yields (line, what is wrong there).

Finding = tuple[int, str]
Rule = Callable[[ast.AST], Iterator[Finding]]


def functions(tree: ast.AST) -> Iterator[FunctionNode]:
    return (node for node in ast.walk(tree) if isinstance(node, FunctionNode))


def method_calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield (name, call) for every ``something.name(...)`` and ``name(...)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node


def blocks_the_window(tree: ast.AST) -> Iterator[Finding]:
    """Yield calls that freeze the window, reenter it, or kill a thread at its work."""
    forbidden = {"processEvents", "terminate", "sleep", "msleep", "usleep"}
    for name, call in method_calls(tree):
        if name in forbidden:
            yield call.lineno, f"{name}() in the window's process"


def waits_without_quit(tree: ast.AST) -> Iterator[Finding]:
    """Yield waits for a thread that nobody in the same function asked to end."""
    for function in functions(tree):
        names = {name for name, _ in method_calls(function)}
        if "wait" in names and "quit" not in names:
            yield function.lineno, f"{function.name} waits for a thread without quit() first"


def connects_loosely(tree: ast.AST) -> Iterator[Finding]:
    """Yield connections to anything but a bound method: those run in the sender's thread."""
    for name, call in method_calls(tree):
        if name == "connect" and not (call.args and isinstance(call.args[0], ast.Attribute)):
            yield call.lineno, "a signal connected to something else than a QObject's method"


def connects_worker_loosely(tree: ast.AST) -> Iterator[Finding]:
    """Yield loose connections of the signals that only a training worker has."""
    for name, call in method_calls(tree):
        sender = call.func.value if isinstance(call.func, ast.Attribute) else None
        of_worker = isinstance(sender, ast.Attribute) and sender.attr in {
            "epoch_finished",
            "messages_received",
        }
        if name == "connect" and of_worker:
            yield from connects_loosely(call)


def connects_to_no_slot(tree: ast.AST) -> Iterator[Finding]:
    """Yield connections to a method of the same class that lacks ``@Slot``."""
    for owner in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        plain = {method.name for method in functions(owner) if not is_slot(method)}
        for name, call in method_calls(owner):
            target = call.args[0] if name == "connect" and call.args else None
            if isinstance(target, ast.Attribute) and is_self(target.value) and target.attr in plain:
                yield (
                    call.lineno,
                    f"{target.attr} lacks @Slot, so it could run in the worker's thread",
                )


def touches_connections(tree: ast.AST) -> Iterator[Finding]:
    """Yield what looks at or changes connections but in ``__init__``, before the thread runs.

    Qt's lock on connections is waited for with the interpreter's lock in hand, and the window's
    thread may have the first and wait for the second.
    """
    touching = {"isSignalConnected", "receivers", "connect", "disconnect", "singleShot"}
    for function in functions(tree):
        for node in ast.walk(function) if function.name != "__init__" else ():
            if isinstance(node, ast.Attribute) and node.attr in touching:
                yield node.lineno, f"{function.name} uses {node.attr} in the worker's thread"


def is_slot(method: FunctionNode) -> bool:
    return any(
        "Slot" in (getattr(part, "id", ""), getattr(part, "attr", ""))
        for decorator in method.decorator_list
        for part in ast.walk(decorator)
    )


def is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def imports_qt(tree: ast.AST) -> Iterator[Finding]:
    """Yield imports of Qt or of what stands on it, at the top or inside a function."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name.split(".")[0] in QT:
                yield node.lineno, f"imports {name} outside nnviz/gui"


def crosses_threads_unfrozen(tree: ast.AST) -> Iterator[Finding]:
    """Yield dataclasses that are not frozen."""
    for owner in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        for decorator in owner.decorator_list:
            text = ast.unparse(decorator)
            if text.split("(")[0].endswith("dataclass") and "frozen=True" not in text:
                yield owner.lineno, f"{owner.name} crosses threads but is not frozen"


GUESSING = {"QLabel", "QToolTip", "QMessageBox", "QErrorMessage", "QInputDialog", "QProgressDialog"}
GUESSING |= {"QTextEdit", "QTextBrowser", "QTextDocument", "QGraphicsTextItem", "QWhatsThis"}
MARKED_UP = ("self.setToolTip(self._told(entries))", "self.setHtml(f\"<div style='{style}'>")
"""Tool tips and cards that are HTML on purpose, with every name in them escaped."""


def takes_names_for_html(tree: ast.AST) -> Iterator[Finding]:
    """Yield texts that Qt would take for HTML if they looked so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for name in GUESSING & {alias.name for alias in node.names}:
                yield node.lineno, f"{name} guesses what a text is: see nnviz/gui/plain.py"
        if isinstance(node, ast.If) and "ToolTipRole" in ast.unparse(node.test):
            plain = all("literal(" in ast.unparse(line) for line in node.body)
            if not plain:
                yield node.lineno, "the tip of an item is not made literal()"
    for name, call in method_calls(tree):
        if name in {"setToolTip", "setWhatsThis", "setHtml"} and not ast.unparse(call).startswith(
            MARKED_UP
        ):
            yield call.lineno, f"{name}() guesses what a text is: see nnviz/gui/plain.py"


def places_by_hand(tree: ast.AST) -> Iterator[Finding]:
    """Yield widgets placed by numbers: geometry is Qt's, by layouts, policies and splitters."""
    for name, call in method_calls(tree):
        if name == "setGeometry":
            yield call.lineno, "setGeometry() instead of a layout"


def styles_apart(tree: ast.AST) -> Iterator[Finding]:
    """Yield style sheets of single widgets: there is one, on the main window."""
    for name, call in method_calls(tree):
        if name == "setStyleSheet":
            yield call.lineno, "setStyleSheet() besides the one of the main window"


def paints(tree: ast.AST) -> Iterator[Finding]:
    """Yield painters: what Qt and pyqtgraph draw is not drawn by hand."""
    for name, call in method_calls(tree):
        if name == "QPainter":
            yield call.lineno, "a QPainter in a room that does not paint"


def hands_a_theme_on(tree: ast.AST) -> Iterator[Finding]:
    """Yield themes passed from widget to widget: each reads its palette."""
    for function in functions(tree):
        arguments = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
        if function.name == "set_theme" or (function.name == "__init__" and "theme" in arguments):
            yield function.lineno, f"{function.name} takes a theme: see theme_of()"


def long_functions(tree: ast.AST) -> Iterator[Finding]:
    """Yield functions too long to be read in one look."""
    for function in functions(tree):
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > MAX_FUNCTION_LINES:
            yield function.lineno, f"{function.name} has {lines} lines"


# ------------------------------------------------------------------------------- rules over files


def python_files(*folders: Path) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def worker_files() -> list[Path]:
    return [
        path for path in (GUI / "run" / "session.py", GUI / "run" / "worker.py") if path.exists()
    ]


def without_gui() -> list[Path]:
    return [path for path in python_files(PACKAGE) if GUI not in path.parents]


TRAVELLERS = ("experiment", "messages", "checkpoints", "records", "callbacks")
"""Files of training whose objects cross a thread or a process."""


def travellers() -> list[Path]:
    """Return the files whose objects cross a thread or a process."""
    training = (PACKAGE / "training" / f"{name}.py" for name in TRAVELLERS)
    return [*training, GUI / "frame.py", GUI / "shell" / "notices.py"]


PANEL_FILES = [path for path in python_files(GUI / "panels") if path.stem != "__init__"]

PLACES: list[tuple[Rule, Callable[[], list[Path]]]] = [
    (blocks_the_window, lambda: python_files(GUI)),
    (waits_without_quit, lambda: python_files(GUI)),
    (connects_worker_loosely, lambda: python_files(GUI)),
    (connects_loosely, worker_files),
    (connects_to_no_slot, worker_files),
    (touches_connections, lambda: [GUI / "run" / "worker.py"]),
    (imports_qt, without_gui),
    (crosses_threads_unfrozen, travellers),
    (takes_names_for_html, lambda: sorted({*python_files(GUI)} - {GUI / "plain.py"})),
    (long_functions, lambda: python_files(PACKAGE, ROOT / "scripts")),
]

HOUSE: list[tuple[Rule, tuple[str, ...], dict[str, int]]] = [
    (places_by_hand, ("widgets/flow_layout.py",), {}),
    (styles_apart, ("main_window.py", "export/figure.py"), {}),
    (paints, ("network/", "timeline/", "widgets/", "look/icons.py", "export/", "plots/"), {}),
    (hands_a_theme_on, (), {"panels": 1, "widgets": 1}),
]
"""Rules of the house inside gui: where each does not hold, and how often it is still broken in
which room. These numbers may only become smaller."""


@pytest.mark.parametrize(("rule", "files"), PLACES, ids=[rule.__name__ for rule, _ in PLACES])
def test_rule_is_kept(rule: Rule, files: Callable[[], list[Path]]) -> None:
    broken = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in files()
        for line, what in rule(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not broken, "\n" + "\n".join(broken)


@pytest.mark.parametrize(
    ("rule", "exempt", "left"), HOUSE, ids=[rule.__name__ for rule, _, _ in HOUSE]
)
def test_rule_of_the_house_is_broken_no_more_than_before(
    rule: Rule, exempt: tuple[str, ...], left: dict[str, int]
) -> None:
    broken: dict[str, list[str]] = {}
    for path in python_files(GUI):
        place = path.relative_to(GUI).as_posix()
        for line, what in rule(ast.parse(path.read_text(encoding="utf-8"))):
            if not place.startswith(exempt):
                broken.setdefault(place.split("/")[0], []).append(f"{place}:{line}: {what}")
    new = [
        line for room, lines in broken.items() if len(lines) > left.get(room, 0) for line in lines
    ]
    assert not new, "\n" + "\n".join(new)


BROKEN: list[tuple[Rule, str]] = [
    (blocks_the_window, "app.processEvents()"),
    (blocks_the_window, "time.sleep(1)"),
    (waits_without_quit, "def close(self): self.thread.wait()"),
    (connects_loosely, "worker.failed.connect(lambda text: show(text))"),
    (connects_loosely, "worker.failed.connect(partial(show, 1))"),
    (connects_loosely, "worker.failed.connect(show)"),
    (connects_worker_loosely, "worker.epoch_finished.connect(show)"),
    (
        connects_to_no_slot,
        "class A:\n def f(self): s.connect(self.g)\n @other\n def g(self): pass",
    ),
    *(
        (touches_connections, f"def _pump(self): {source}")
        for source in (
            "self.isSignalConnected(method)",
            "ask = self.receivers",
            "self.timer.timeout.connect(self.pump)",
            "self.failed.disconnect()",
            "QTimer.singleShot(0, self.pump)",
        )
    ),
    (imports_qt, "def f():\n from PySide6.QtCore import Qt"),
    (imports_qt, "import pyqtgraph as pg"),
    (crosses_threads_unfrozen, "@dataclass(slots=True)\nclass Record: pass"),
    (takes_names_for_html, "from PySide6.QtWidgets import QLabel, QWidget"),
    (takes_names_for_html, "button.setToolTip(name)"),
    (takes_names_for_html, "if role == Role.ToolTipRole:\n return self.tip"),
    (places_by_hand, "self.label.setGeometry(QRect(0, 0, 10, 10))"),
    (styles_apart, "button.setStyleSheet('color: red')"),
    (paints, "with QPainter(self) as painter: pass"),
    (hands_a_theme_on, "class A:\n def __init__(self, theme: Theme) -> None: pass"),
    (hands_a_theme_on, "class A:\n def set_theme(self, new): pass"),
    (long_functions, "def f():\n" + " x = 1\n" * MAX_FUNCTION_LINES),
]


@pytest.mark.parametrize(("rule", "source"), BROKEN)
def test_rule_sees_what_it_is_for(rule: Rule, source: str) -> None:
    assert list(rule(ast.parse(source)))


KEPT: list[tuple[Rule, str]] = [
    (waits_without_quit, "def close(self):\n self.thread.quit()\n self.thread.wait()"),
    (connects_loosely, "worker.failed.connect(self.show)"),
    (connects_worker_loosely, "button.clicked.connect(lambda: None)"),
    (
        connects_to_no_slot,
        "class A:\n def f(self): s.connect(self.g)\n @Slot(int)\n def g(self): 1",
    ),
    (touches_connections, "def __init__(self): self.timer.timeout.connect(self.pump)"),
    (touches_connections, "def _pump(self): self.failed.emit(error)"),
    (imports_qt, "from nnviz.gui import app"),
    (crosses_threads_unfrozen, "@dataclasses.dataclass(frozen=True)\nclass Record: pass"),
    (takes_names_for_html, "set_tool_tip(button, name)"),
    (takes_names_for_html, "if role == Role.ToolTipRole:\n return literal(self.tip)"),
    (long_functions, "def f():\n" + " x = 1\n" * (MAX_FUNCTION_LINES - 1)),
]


@pytest.mark.parametrize(("rule", "source"), KEPT)
def test_rule_lets_good_code_pass(rule: Rule, source: str) -> None:
    assert not list(rule(ast.parse(source)))


def test_no_file_outgrows_its_reader() -> None:
    lines = {
        path.relative_to(ROOT): path.read_text(encoding="utf-8").count("\n")
        for path in python_files(PACKAGE, ROOT / "scripts")
    }
    long = {str(path): count for path, count in lines.items() if count > MAX_FILE_LINES}
    assert not long


def test_one_word_means_one_thing() -> None:
    places: dict[str, list[str]] = {}
    for path in python_files(PACKAGE):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert not {name: files for name, files in places.items() if len(files) > 1}


def is_panel(path: Path) -> bool:
    """Say whether the file holds a panel rather than what panels share: panels have a key."""
    return any(
        isinstance(line, ast.Assign | ast.AnnAssign)
        and line.value is not None
        and "key" in ast.unparse(line).split("=")[0].split(":")[0].split()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        for line in node.body
    )


def test_panels_do_not_know_each_other() -> None:
    panels = {module_name(path): path for path in PANEL_FILES if is_panel(path)}
    assert {"nnviz.gui.panels.loss", "nnviz.gui.panels.output"} <= set(panels)
    broken = [
        f"{path.name} imports {name}"
        for path in panels.values()
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name in {*panels, "nnviz.gui.panels"}
    ]
    assert not broken


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the modules a file imports, also a module taken out of its package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(
    "source",
    ["import a.b", "import a.b as c", "from a import b", "def f():\n from a.b import c"],
)
def test_every_way_to_import_a_panel_is_seen(source: str) -> None:
    assert "a.b" in imported(ast.parse(source))


# -------------------------------------------------------------------------------- a living program


def loaded_by_importing(*modules: str) -> set[str]:
    """Return the top packages that a fresh interpreter has loaded after these imports."""
    code = (
        f"import importlib, sys\nfor name in {modules!r}: importlib.import_module(name)\n"
        "print('\\n'.join({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_only_the_gui_room_loads_qt() -> None:
    names = [module_name(path) for path in without_gui()]
    assert not loaded_by_importing(*names) & set(QT)


def test_window_is_painted_before_the_plots_are_loaded() -> None:
    # pyqtgraph takes as long to load as all the rest: it comes after the first paint.
    assert "pyqtgraph" not in loaded_by_importing("nnviz.gui.app")
