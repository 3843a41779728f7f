"""The main window: composes its parts and connects them; they do the work."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from nnviz.gui import preferences
from nnviz.gui.export.controller import ExportController
from nnviz.gui.look.boxes import filled
from nnviz.gui.look.manager import ThemeManager
from nnviz.gui.overrides import guarded
from nnviz.gui.plots.lean import import_pyqtgraph
from nnviz.gui.run.diagnoser import Diagnoser
from nnviz.gui.run.experiment_store import ExperimentStore
from nnviz.gui.run.frame_feed import FrameFeed
from nnviz.gui.run.kept_runs import KeptRuns
from nnviz.gui.run.parts import RunParts
from nnviz.gui.run.recording import Recording
from nnviz.gui.run.session import Session
from nnviz.gui.shell.actions import Actions
from nnviz.gui.shell.arrangement import Arrangement
from nnviz.gui.shell.banner import NoticeBanner
from nnviz.gui.shell.card import PanelCard
from nnviz.gui.shell.commands import Commands
from nnviz.gui.shell.docks import Docks
from nnviz.gui.shell.drops import FileDrops
from nnviz.gui.shell.editing import Editing
from nnviz.gui.shell.help import Help
from nnviz.gui.shell.keys import FocusKeys
from nnviz.gui.shell.late_panels import LatePanels
from nnviz.gui.shell.menus import Menus
from nnviz.gui.shell.notices import Notices
from nnviz.gui.shell.open_data import OpenData
from nnviz.gui.shell.playground import Playground
from nnviz.gui.shell.predictions import Predictions
from nnviz.gui.shell.projects import Projects
from nnviz.gui.shell.recent import RecentFiles
from nnviz.gui.shell.recovery import Recovery
from nnviz.gui.shell.status import StatusLine
from nnviz.gui.shell.sweeps import Sweeps
from nnviz.gui.shell.time_travel import TimeTravel
from nnviz.gui.shell.toolbar import ToolBar
from nnviz.gui.shell.walk_through import WalkThrough
from nnviz.gui.shell.whats_this import WhatsThis
from nnviz.gui.timeline import Timeline
from nnviz.training.presets import PRESETS
from nnviz.training.recorded import RecordedRun

if TYPE_CHECKING:
    from nnviz.gui.panel import Panel
    from nnviz.gui.panels.inspector import InspectorPanel
    from nnviz.gui.panels.runs import RunsPanel
    from nnviz.gui.setup.setup_panel import SetupPanel

FIRST_PRESET = "xor-2-4-1"
FIRST_SIZE = QSize(1440, 900)
LEAST_SIZE = QSize(940, 540)
FRAME = QSize(16, 48)
"""Pixels of the screen that a desktop's title bar and borders need at most."""


@guarded
class MainWindow(QMainWindow):
    """The window of one Experiment.

    Bars and menus are there at once; setup, network and panels follow after the first paint, for
    they import what takes longest.
    """

    ready = Signal()
    """Setup, network and all panels are there, and the first run stands at epoch 0."""

    opened = Signal()
    """The same, but only for what is in sight: what lies behind it follows."""

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
        self._begun = before.begun if before else None
        """What had been learned in the window before, until it is taken up."""
        self.session = Session(self)
        self.recording = Recording(self.session, self)
        self.store.recorded = self.recording.recorded
        self.diagnoser = Diagnoser(self.recording, self.session.background, self)
        self.feed = FrameFeed(self.recording, self.session, self)
        self.actions_, self.panels = Actions(self), dict[str, "Panel"]()
        run = RunParts(self.store, self.session, self.recording, self.kept)
        self.commands = Commands(self.actions_, run, self)
        self.menus = Menus(self.menuBar(), self.actions_, self)
        self.bar = ToolBar(self.actions_, self)
        self.status = StatusLine(self)
        self.banner = NoticeBanner(self)
        self.timeline = Timeline(self.actions_, self)
        self.card = PanelCard("network", self.tr("Network"), self.timeline, self)
        self.travel = TimeTravel(self.actions_, self.timeline, run, self)
        self.walk = WalkThrough(self.actions_, run, self)
        self.card.put_above(self.walk.bar)
        self.docks = Docks(self)
        self.editing = Editing(self.docks, self.status, self.recording, self)
        self.keys = FocusKeys(self)
        self.predictions = Predictions(self.actions_, run, self.panels, self)
        self.help = Help(self.docks, self.panels, self)
        self.whats_this = WhatsThis(self)
        self.export = ExportController(self, self.panels, self.recording.current, look.apply)
        self.recovery = Recovery(self.actions_["bring-back"], run, self)
        self.sweeps, self.playground = Sweeps(run, self), Playground(self.store, self)
        self.export.experiment, self._autosaves = lambda: self.session.experiment, autosaves
        self.export.checkpoints = lambda: self.recording.checkpoints
        self.export.frame_at = self.recording.frame_at
        self.export.make_panels = self.docks.make_all
        self.setup: SetupPanel | None = None
        self.inspector: InspectorPanel | None = None
        self._filling = False
        self._compose(run, before)
        self._connect_run()
        self._connect_controls()
        self._restore()
        self.menus.show_experiment(self.store.experiment)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint; and after the first time, build what takes longest."""
        super().paintEvent(event)
        if not self._filling:
            self._filling = True
            QTimer.singleShot(0, self._fill)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, and leave nothing running or in sight."""
        if self.isVisible():  # else it has been closed, and its panels with it
            self.remember()
        self.docks.close()
        self.export.close()
        self.recovery.close(self.projects.is_saved)
        self.projects.close()
        self.sweeps.close()
        self.open_data.close()
        self.session.close()
        super().closeEvent(event)

    def remember(self) -> None:
        """Have the next window look as this one does."""
        preferences.write(preferences.GEOMETRY, self.saveGeometry())
        if self.panels:
            preferences.write(preferences.DOCKS, self.docks.save())

    @property
    def begun(self) -> RecordedRun | None:
        """What has been learned, for a window in the place of this one."""
        return self._begun or self.recording.recorded()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape, where nothing else wants it, ends the stepping through."""
        if event.key() == Qt.Key.Key_Escape and self.walk.under_way:
            self.walk.stop()
        else:
            super().keyPressEvent(event)

    def _compose(self, run: RunParts, before: MainWindow | None) -> None:
        centre = QWidget(self)
        filled(QVBoxLayout(centre), self.banner, self.card, wide=self.card)
        self.setCentralWidget(centre)
        self.addToolBar(self.bar)
        self.setStatusBar(self.status)
        self.setMinimumSize(LEAST_SIZE)
        self.open_data = OpenData(lambda: self.store.experiment, self)
        arrangement = Arrangement(self.docks, self.panels, self.feed)
        self.projects: Projects = Projects(run, arrangement, self)
        if before is not None:
            self.projects.succeed(before.projects)
        self.recent, self.drops = RecentFiles(self.menus["recent"]), FileDrops(self)

    def _connect_run(self) -> None:
        """Connect what a run tells with what shows it."""
        store, session, feed, travel = self.store, self.session, self.feed, self.travel
        store.changed.connect(self.menus.show_experiment)
        store.begun.connect(session.load)
        store.restored.connect(session.restore)
        store.restored.connect(self.commands.say_restored)
        store.refused.connect(self.editing.show_refusal)
        session.began.connect(self.banner.clear)
        session.branched.connect(self.banner.clear)
        session.branched.connect(self.status.note_epoch)
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
        for show in (self.bar.show_frame, travel.show_frame, self.status.follow):
            feed.frame_read.connect(show)
        feed.rates.connect(self.status.show_rates)
        self.kept.changed.connect(self.recording.set_references)
        # Once: another window in the place of this one has the same.
        unique = Qt.ConnectionType.UniqueConnection
        self.kept.done.connect(self.store.remember_deed, unique)
        parts = (self.commands, self.kept, travel, self.export, self.sweeps, self.predictions)
        for speaker in (*parts, self.playground, self.projects, self.recent):
            speaker.said.connect(self.status.say)
        for failing in (session, self.export, self.recovery, self.sweeps, self.predictions):
            failing.failed.connect(self.notices.report)
        for opening in (self.playground, self.open_data, self.projects):
            opening.failed.connect(self.notices.report)
            opening.failed.connect(self.status.rest)
        self.open_data.left.connect(self.status.rest)
        self.sweeps.seen.connect(self.notices.raised)
        self.recovery.offered.connect(self.notices.raised)
        self.notices.raised.connect(self.banner.show_notice)
        for refusing in (session, self.commands):
            refusing.edit_refused.connect(self.editing.show_edit_refusal)

    def _connect_controls(self) -> None:
        """Connect what the person does with what carries it out."""
        commands, menus, travel = self.commands, self.menus, self.travel
        self.actions_.connect_to(self)
        menus.samples.chosen.connect(commands.open_sample)
        for chooser in (menus.presets.chosen, self.help.preset_chosen):
            chooser.connect(commands.open_preset)
        for opening in (self.playground, self.open_data):
            opening.opened.connect(commands.open_experiment)
        self._connect_files()
        menus.comparisons.chosen.connect(self.sweeps.compare)
        menus.paces.chosen.connect(commands.set_pace)
        menus.themes.chosen.connect(self.look.choose)
        menus.text_sizes.chosen.connect(self.look.choose_text_size)
        self.look.changed.connect(self._restyle)
        travel.may_start = commands.may_start
        commands.starting.connect(travel.train_from_now)
        commands.now_wanted.connect(travel.return_to_now)
        commands.starting.connect(self.walk.stop)
        commands.going_back.connect(travel.go_back)
        for wanting in (commands, self.predictions):
            wanting.panel_wanted.connect(self.docks.bring_to_front)
        commands.edit_waits.connect(self.status.say_waiting)
        for show in (self.status.note_pace, menus.paces.tick, self.bar.pace.show_pace):
            commands.pace_changed.connect(show)
        self.bar.pace.pace_chosen.connect(commands.set_pace)
        self.docks.visibility_changed.connect(self.feed.refresh)
        self.walk.under_way_changed.connect(self._show_walk)
        self.card.bar.save_wanted.connect(self.export.save)

    def _connect_files(self) -> None:
        projects = self.projects
        projects.experiment_read.connect(self.commands.open_experiment)
        projects.opening.connect(self.recovery.begin_another)
        projects.opening.connect(self.commands.abandon_editing)
        self.recovery.wanted.connect(projects.bring_back)
        projects.is_back.connect(self.recovery.note_back)
        projects.data_chosen.connect(self.open_data.look)
        projects.used.connect(self.recent.add)
        self.drops.dropped.connect(self.open_data.take)
        self.open_data.opened.connect(self.recent.add_data)
        for choosing in (self.recent.chosen, self.open_data.file_given):
            choosing.connect(projects.open_file)

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
        """Build setup, network and the panels in sight, and make the first run ready."""
        import_pyqtgraph()
        from nnviz.gui.network import NetworkPanel
        from nnviz.gui.panels import PANELS
        from nnviz.gui.setup.setup_panel import SetupPanel

        self.setup = SetupPanel(self.docks.add("setup", self.tr("Setup")).body)
        self._connect_setup(self.setup)
        self.docks.fill("setup", self.setup)
        network = NetworkPanel(self.card)
        network.selected.connect(self.editing.show_inspector)
        self._take_panel(network)
        self.card.set_widget(network)
        for key, kind in PANELS.items():
            self.docks.add(key, QCoreApplication.translate(kind.__name__, kind.title))
        network.weight_typed.connect(self.editing.type_weight)
        self.menus.add_panel_toggles([dock.toggle for dock in self.docks])
        self.docks.restore(preferences.read(preferences.DOCKS))
        late = LatePanels(self.docks, self.feed, self.session, self._make_panel)
        late.done.connect(self.setup.complete)
        late.done.connect(partial(self._complete, is_first=self._begun is None))
        late.begin(PANELS)
        self._take_up()
        self.session.settle()
        self.opened.emit()

    def _make_panel(self, key: str) -> None:
        from nnviz.gui.panels import PANELS
        from nnviz.gui.panels.inspector import InspectorPanel
        from nnviz.gui.panels.runs import RunsPanel

        panel = PANELS[key](self.docks[key].body)
        self.docks.fill(key, panel).bar.save_wanted.connect(self.export.save)
        self._take_panel(panel)
        if isinstance(panel, RunsPanel):
            self._connect_runs(panel)
        elif isinstance(panel, InspectorPanel):
            self.inspector = self.editing.inspector = panel

    def _complete(self, is_first: bool) -> None:
        self.session.settle()
        self.session.warm_up()
        if self._autosaves is not None:
            self.recovery.begin(self._autosaves, offer=is_first)
        self.ready.emit()

    def _take_up(self) -> None:
        """Begin the first run, or go on where the window before this one stood."""
        if self._begun is None:
            self.session.load(self.store.experiment)
        else:
            self.session.restore(self._begun)
            self.status.show_state(self.session.state)
        self._begun = None
        self.recording.set_references(self.kept.references)
        self.store.tell_what_is_kept()

    def _take_panel(self, panel: Panel) -> None:
        self.panels[panel.key] = panel
        panel.row_chosen.connect(self.recording.choose_row)
        panel.selected.connect(self.recording.select)
        panel.panel_wanted.connect(self.docks.bring_to_front)
        panel.hovered.connect(self.recording.hover)
        panel.move_wanted.connect(self.recording.move_sample)
        panel.epoch_chosen.connect(self.travel.look_at)
        panel.edit_wanted.connect(self.commands.edit)
        panel.action_wanted.connect(self.actions_.trigger)
        self.feed.add_view(panel, panel.is_read)
        if panel.focusPolicy() is Qt.FocusPolicy.NoFocus:
            panel.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # so that it is the one in use

    def _connect_runs(self, runs: RunsPanel) -> None:
        runs.keep_wanted.connect(self.commands.keep_run)
        runs.remove_wanted.connect(self.kept.remove)
        runs.clear_wanted.connect(self.kept.clear)

    def _connect_setup(self, setup: SetupPanel) -> None:
        setup.show_experiment(self.store.experiment)
        self.feed.add_view(setup.about, is_read=True)
        setup.edited.connect(self.commands.propose)
        setup.data.sample_wanted.connect(self.commands.open_sample)
        setup.data.look_wanted.connect(self.open_data.look_again)
        self.store.changed.connect(setup.clear_refusals)
        self.store.changed.connect(setup.show_experiment)
        self.store.amended.connect(setup.show_experiment)
        self.recording.edited.connect(self.store.amend)
        self.recording.edited.connect(self.status.say_edited)
        self.store.amended.connect(self.menus.show_experiment)
        # Pressing a button need not take the focus from a number that is still being typed.
        self.commands.editing = self.editing.setup = setup

    @Slot(bool)
    def _show_walk(self, under_way: bool) -> None:
        if self.panels:
            self.docks.lay_over("walk", under_way, self.panels["network"])

    @Slot()
    def _restyle(self) -> None:
        self.setStyleSheet(self.look.sheet)
