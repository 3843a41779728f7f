"""The main window: composes its parts and connects them; they do the work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from nnviz.errors import NnvizError
from nnviz.gui import preferences
from nnviz.gui.export.controller import ExportController
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.look.texts import translated
from nnviz.gui.overrides import guarded
from nnviz.gui.run.diagnoser import Diagnoser
from nnviz.gui.run.experiment_store import ExperimentStore
from nnviz.gui.run.frame_feed import FrameFeed
from nnviz.gui.run.kept_runs import KeptRuns
from nnviz.gui.run.recording import Recording
from nnviz.gui.run.session import Session, SessionState
from nnviz.gui.shell.actions import Actions
from nnviz.gui.shell.banner import NoticeBanner
from nnviz.gui.shell.card import PanelCard
from nnviz.gui.shell.commands import Commands
from nnviz.gui.shell.docks import Docks
from nnviz.gui.shell.help import Help
from nnviz.gui.shell.keys import FocusKeys
from nnviz.gui.shell.menus import Menus
from nnviz.gui.shell.notices import Notices
from nnviz.gui.shell.recovery import Recovery
from nnviz.gui.shell.status import StatusLine
from nnviz.gui.shell.sweeps import Sweeps
from nnviz.gui.shell.time_travel import TimeTravel
from nnviz.gui.shell.toolbar import ToolBar
from nnviz.gui.shell.walk_bar import WalkBar
from nnviz.gui.shell.walk_through import WalkThrough
from nnviz.gui.shell.whats_this import WhatsThis
from nnviz.gui.timeline import Timeline
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS, title_of
from nnviz.training.recorded import RecordedRun

if TYPE_CHECKING:
    from nnviz.gui.frame import Selection
    from nnviz.gui.panel import Panel
    from nnviz.gui.panels.inspector import InspectorPanel
    from nnviz.gui.panels.runs import RunsPanel
    from nnviz.gui.setup.setup_panel import SetupPanel

FIRST_PRESET = "xor-2-4-1"
FIRST_SIZE = QSize(1440, 900)
LEAST_SIZE = QSize(940, 540)
FRAME = QSize(16, 48)
"""Pixels of the screen that a desktop's title bar and borders need at most."""


class Left(NamedTuple):
    """What a window leaves to the one in its place.

    What had been learned, the epoch looked at, None for the newest, and whether training went on.
    """

    run: RecordedRun | None
    shown: int | None
    is_running: bool


@guarded
class MainWindow(QMainWindow):
    """The window of one Experiment.

    Bars and menus are there at once; setup, network and panels follow after the first paint, for
    they import what takes longest.
    """

    ready = Signal()
    """Setup, network and panels are there, and the first run stands at epoch 0."""

    def __init__(
        self,
        look: ThemeManager,
        notices: Notices,
        autosaves: Path | None = None,
        before: MainWindow | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.look = look
        self.setStyleSheet(look.sheet)
        self.notices = notices
        first = PRESETS[FIRST_PRESET].experiment
        self.store: ExperimentStore = before.store if before else ExperimentStore(first)
        self.kept: KeptRuns = before.kept if before else KeptRuns()
        for part in (self.store, self.kept):
            part.setParent(self)
        self._left = before.left() if before else None
        self.session = Session(self)
        self.recording = Recording(self.session, self)
        self.store.recorded = self.recording.recorded
        self.diagnoser = Diagnoser(self.recording, self)
        self.feed = FrameFeed(self.recording, self.session, self)
        self.actions_ = Actions(self)
        self.commands = Commands(
            self.actions_, self.store, self.session, self.recording, self.kept, self
        )
        self.menus = Menus(self.menuBar(), self.actions_, self)
        self.bar = ToolBar(self.actions_, self)
        self.status = StatusLine(self)
        self.banner = NoticeBanner(self)
        self.timeline = Timeline(self.actions_, self)
        self.card = PanelCard("network", self.tr("Network"), self.timeline, self)
        self.travel = TimeTravel(
            self.actions_, self.timeline, self.recording, self.session, self.store, self.kept, self
        )
        self.walk = self._new_walk()
        self.docks = Docks(self)
        self.keys = FocusKeys(self)
        self.panels: dict[str, Panel] = {}
        self.help = Help(self.docks, self.panels, self)
        self.whats_this = WhatsThis(self)
        self.export = ExportController(self, self.panels, self.recording.current, look.apply)
        self.recovery = Recovery(
            self.actions_["bring-back"], self.recording, self.session, self.store, self
        )
        self.sweeps = Sweeps(self.store, self.kept, self)
        self._autosaves = autosaves
        self.export.checkpoints = lambda: self.recording.checkpoints
        self.export.frame_at = self.recording.frame_at
        self.setup: SetupPanel | None = None
        self.inspector: InspectorPanel | None = None
        self._filling = False
        self._compose()
        self._connect_run()
        if before is None:
            self.kept.done.connect(self.store.remember_deed)
        self._connect_controls()
        self._restore()
        self._show_experiment(self.store.experiment)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint; and after the first time, build what takes longest."""
        super().paintEvent(event)
        if not self._filling:
            self._filling = True
            QTimer.singleShot(0, self._fill)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, and leave nothing running."""
        self.remember()
        self.export.close()
        self.recovery.close()
        self.sweeps.close()
        self.session.close()
        super().closeEvent(event)

    def remember(self) -> None:
        """Have the next window look as this one does."""
        preferences.write(preferences.GEOMETRY, self.saveGeometry())
        if self.panels:
            preferences.write(preferences.DOCKS, self.docks.save())

    def left(self) -> Left:
        """Return where the run stands, for a window in the place of this one."""
        if self.setup is None and self._left is not None:
            return self._left  # there has been no time to take it up
        is_running = self.session.state is SessionState.RUNNING
        return Left(self.recording.recorded(), self.recording.shown, is_running)

    def _new_walk(self) -> WalkThrough:
        bar = WalkBar(self.actions_, self)
        self.card.put_above(bar)
        return WalkThrough(self.actions_, bar, self.recording, self.session, self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, where nothing else wants it, ends the stepping through."""
        if event.key() == Qt.Key.Key_Escape and self.walk.under_way:
            self.walk.stop()
        else:
            super().keyPressEvent(event)

    def _compose(self) -> None:
        centre = QWidget(self)
        filled(QVBoxLayout(centre), self.banner, self.card, wide=self.card)
        self.setCentralWidget(centre)
        self.addToolBar(self.bar)
        self.setStatusBar(self.status)
        self.setMinimumSize(LEAST_SIZE)

    def _connect_run(self) -> None:
        """Connect what a run tells with what shows it."""
        store, session, feed, travel = self.store, self.session, self.feed, self.travel
        store.changed.connect(self._show_experiment)
        store.begun.connect(session.load)
        store.restored.connect(session.restore)
        store.restored.connect(self.commands.say_restored)
        store.refused.connect(self._show_refusal)
        session.began.connect(self.banner.clear)
        session.branched.connect(self.banner.clear)
        session.began.connect(self.status.show_problem)
        session.problem_changed.connect(self.status.follow_problem)
        for told in (session.began, session.problem_changed):
            told.connect(self.bar.show_problem)
            told.connect(self.docks.show_problem)
        session.epochs_finished.connect(self.status.note_epochs)
        session.snapshot_ready.connect(self.status.note_snapshot)
        session.state_changed.connect(self.status.show_state)
        session.state_changed.connect(travel.show_state)
        session.state_changed.connect(self.diagnoser.show_state)
        self.diagnoser.found.connect(self.status.show_finding)
        self.status.remedy_wanted.connect(self.commands.apply_remedy)
        session.failed.connect(self.notices.report)
        session.edit_refused.connect(self.status.show_refusal)
        feed.frame_shown.connect(self.bar.show_frame)
        feed.frame_shown.connect(travel.show_frame)
        feed.rates.connect(self.status.show_rates)
        self.kept.changed.connect(self.recording.set_references)
        for speaker in (self.commands, self.kept, travel, self.export, self.sweeps):
            speaker.said.connect(self.status.say)
        self.export.failed.connect(self.notices.report)
        self.recovery.failed.connect(self.notices.report)
        self.sweeps.failed.connect(self.notices.report)
        self.sweeps.seen.connect(self.notices.raised)
        self.recovery.offered.connect(self.notices.raised)
        self.notices.raised.connect(self.banner.show_notice)
        for refusing in (session, self.commands):
            refusing.edit_refused.connect(self._show_edit_refusal)

    def _connect_controls(self) -> None:
        """Connect what the person does with what carries it out."""
        commands, menus, travel = self.commands, self.menus, self.travel
        self.actions_.connect_to(self)
        menus.samples.chosen.connect(commands.open_sample)
        for chooser in (menus.presets.chosen, self.help.preset_chosen):
            chooser.connect(commands.open_preset)
        menus.comparisons.chosen.connect(self.sweeps.compare)
        menus.paces.chosen.connect(commands.set_pace)
        menus.themes.chosen.connect(self.look.choose)
        menus.text_sizes.chosen.connect(self.look.choose_text_size)
        self.look.changed.connect(self._restyle)
        travel.may_start = commands.may_start
        commands.starting.connect(travel.train_from_now)
        commands.now_wanted.connect(travel.return_to_now)
        commands.starting.connect(self.walk.stop)
        commands.under_way_changed.connect(travel.note_under_way)
        for show in (self.status.note_pace, menus.paces.tick, self.bar.pace.show_pace):
            commands.pace_changed.connect(show)
        self.bar.pace.pace_chosen.connect(commands.set_pace)
        self.docks.visibility_changed.connect(self.feed.refresh)
        self.walk.under_way_changed.connect(self._show_walk)
        self.card.bar.save_wanted.connect(self.export.save)

    def _restore(self) -> None:
        """Return to what the window was when it was last closed."""
        # Or Qt would give the focus, and so a ring, to the first button when the window opens.
        self.setFocus()
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() - FRAME))
        self.restoreGeometry(preferences.read(preferences.GEOMETRY))
        self.commands.set_pace(preferences.read(preferences.PACE))
        self.menus.themes.tick(self.look.choice)
        self.menus.text_sizes.tick(self.look.text_size)

    @Slot()
    def toggle_full_screen(self) -> None:
        """Take the whole screen, or give it back."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def _fill(self) -> None:
        """Build setup, network and panels, and make the first run ready."""
        from nnviz.gui.network import NetworkPanel
        from nnviz.gui.panels import PANELS
        from nnviz.gui.panels.inspector import InspectorPanel
        from nnviz.gui.panels.runs import RunsPanel
        from nnviz.gui.setup.setup_panel import SetupPanel

        self.setup = SetupPanel(self)
        self._connect_setup(self.setup)
        self.docks.add("setup", self.tr("Setup"), self.setup)
        network = NetworkPanel(self)
        network.selected.connect(self._show_inspector)
        self._take_panel(network)
        self.card.set_widget(network)
        for key, kind in PANELS.items():
            panel = kind(self)
            self._take_panel(panel)
            dock = self.docks.add(key, panel.tr(panel.title), panel)
            dock.bar.save_wanted.connect(self.export.save)
            if isinstance(panel, RunsPanel):
                self._connect_runs(panel)
            elif isinstance(panel, InspectorPanel):
                self.inspector = panel
                network.weight_typed.connect(self._type_weight)
        self.menus.add_panel_toggles([dock.toggle for dock in self.docks])
        self.docks.restore(preferences.read(preferences.DOCKS))
        self._take_up()
        self.session.settle()
        if self._autosaves is not None:
            self.recovery.begin(self._autosaves, offer=self._left is None)
        self.ready.emit()

    def _take_up(self) -> None:
        """Begin the first run, or go on where the window before this one stood."""
        left = self._left
        if left is None or left.run is None:
            self.session.load(self.store.experiment)
        else:
            self.session.restore(left.run)
            self.status.show_state(self.session.state)
        self.recording.set_references(self.kept.references)
        self.store.tell_what_is_kept()
        if left is not None:
            self.recording.show(left.shown)
            if left.is_running:
                self.session.train()

    def _take_panel(self, panel: Panel) -> None:
        self.panels[panel.key] = panel
        panel.row_chosen.connect(self.recording.choose_row)
        panel.selected.connect(self.recording.select)
        panel.panel_wanted.connect(self.docks.bring_to_front)
        panel.hovered.connect(self.recording.hover)
        panel.move_wanted.connect(self.recording.move_sample)
        panel.epoch_chosen.connect(self.travel.look_at)
        panel.edit_wanted.connect(self.commands.edit)
        self.feed.add_view(panel)
        if panel.focusPolicy() is Qt.FocusPolicy.NoFocus:
            panel.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # so that it is the one in use

    def _connect_runs(self, runs: RunsPanel) -> None:
        runs.keep_wanted.connect(self.commands.keep_run)
        runs.remove_wanted.connect(self.kept.remove)
        runs.clear_wanted.connect(self.kept.clear)
        self.store.amended.connect(runs.amend)

    def _connect_setup(self, setup: SetupPanel) -> None:
        setup.show_experiment(self.store.experiment)
        setup.edited.connect(self.commands.propose)
        setup.rate_edited.connect(self.travel.take_rate)
        setup.rate_edited.connect(self.store.amend_rate)
        self.store.changed.connect(setup.clear_refusals)
        self.store.changed.connect(setup.show_experiment)
        self.store.amended.connect(setup.show_experiment)
        self.recording.edited.connect(self.store.amend)
        self.recording.edited.connect(self.status.say_edited)
        self.store.amended.connect(self._show_experiment)
        self.travel.rate_goes_on_changed.connect(setup.set_running)
        self.travel.rate_goes_on_changed.connect(self.store.note_rates_go_on)
        self.store.rate_restored.connect(self.travel.restore_rate)
        # Pressing a button need not take the focus from a number that is still being typed.
        self.commands.editing = setup

    @Slot(object)
    def _show_inspector(self, selection: Selection | None) -> None:
        """Bring the inspector to the front when somebody begins to look closely."""
        frame = self.recording.frame
        if selection is not None and frame is not None and frame.selection is None:
            self.docks.bring_to_front("inspector")

    @Slot(bool)
    def _show_walk(self, under_way: bool) -> None:
        if self.panels:
            self.docks.lay_over("walk", under_way, self.panels["network"])

    @Slot(object)
    def _show_refusal(self, error: NnvizError) -> None:
        """Say why in one place: in the form where that is seen, else in the status line."""
        setup = self.commands.editing
        (setup if setup is not None and setup.isVisible() else self.status).show_refusal(error)

    @Slot(str)
    def _type_weight(self, text: str) -> None:
        """Have the inspector go on with the number that was begun over the network's picture."""
        self.docks.bring_to_front("inspector")
        if self.inspector is not None and self.recording.frame is not None:
            self.inspector.show_frame(self.recording.frame)  # the weight may be chosen just now
            self.inspector.begin_typing(text)

    @Slot(object)
    def _show_edit_refusal(self, error: NnvizError) -> None:
        """Say why an edit cannot be: in Setup, the inspector, or else in the status line."""
        if str(error.values.get("field", "")).startswith("training."):
            self._show_refusal(error)
        elif self.inspector is not None and self.inspector.isVisible():
            self.inspector.show_refusal(error)
        else:
            self.status.show_refusal(error)

    @Slot(object)
    def _show_experiment(self, experiment: Experiment) -> None:
        self.setWindowTitle(self.tr("{name} — nnviz").format(name=translated(title_of(experiment))))
        self.menus.show_experiment(experiment)

    @Slot()
    def _restyle(self) -> None:
        self.setStyleSheet(self.look.sheet)
