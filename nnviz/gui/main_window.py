"""The main window: composes its parts and connects them; they do the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from nnviz.datasets.catalog import CATALOG
from nnviz.errors import NnvizError
from nnviz.gui import preferences
from nnviz.gui.export.controller import ExportController
from nnviz.gui.frame import Frame
from nnviz.gui.look.manager import Look
from nnviz.gui.look.texts import message, translated
from nnviz.gui.look.theme import Theme
from nnviz.gui.overrides import guarded
from nnviz.gui.run.experiment_store import ExperimentStore
from nnviz.gui.run.frame_feed import FrameFeed
from nnviz.gui.run.kept_runs import KeptRuns, RunKeeper
from nnviz.gui.run.recording import Recording
from nnviz.gui.run.session import Session
from nnviz.gui.run.time_travel import TimeTravel
from nnviz.gui.shell.actions import Actions
from nnviz.gui.shell.banner import NoticeBanner
from nnviz.gui.shell.card import PanelCard
from nnviz.gui.shell.commands import Commands
from nnviz.gui.shell.docks import Docks
from nnviz.gui.shell.keys import FocusKeys
from nnviz.gui.shell.menus import Menus
from nnviz.gui.shell.notices import Notices
from nnviz.gui.shell.pictures import Pictures
from nnviz.gui.shell.status import StatusLine
from nnviz.gui.shell.toolbar import ToolBar
from nnviz.gui.timeline import Timeline
from nnviz.training.experiment import Experiment
from nnviz.training.presets import PRESETS
from nnviz.training.problem import Problem

if TYPE_CHECKING:
    from nnviz.gui.panel import Panel
    from nnviz.gui.panels.runs import RunsPanel
    from nnviz.gui.setup.setup_panel import SetupPanel

FIRST_PRESET = "xor-2-4-1"
FIRST_SIZE = QSize(1440, 900)
LEAST_SIZE = QSize(960, 640)
FRAME = QSize(16, 48)
"""Pixels of the screen that a desktop's title bar and borders need at most."""


@guarded
class MainWindow(QMainWindow):
    """The window of one Experiment.

    Bars and menus are there at once; setup, network and panels follow after the first paint, for
    they import what takes longest.

    Parameters
    ----------
    look
        Theme in force.
    notices
        Where errors are reported.
    """

    ready = Signal()
    """Setup, network and panels are there, and the first run stands at epoch 0."""

    def __init__(self, look: Look, notices: Notices) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.look = look
        self.setStyleSheet(look.sheet)
        self.notices = notices
        self.store = ExperimentStore(PRESETS[FIRST_PRESET].experiment, self)
        self.session = Session(self)
        self.recording = Recording(self.session, self)
        self.feed = FrameFeed(self.recording, self.session, self)
        self.actions_ = Actions(look.theme, self)
        self.kept = KeptRuns(self)
        self.keeper = RunKeeper(self.actions_, self.store, self.recording, self.kept, self)
        self.commands = Commands(self.actions_, self.store, self.session, self)
        self.menus = Menus(self.menuBar(), self.actions_, look.theme, self)
        self.bar = ToolBar(self.actions_, look.theme, self)
        self.status = StatusLine(self)
        self.banner = NoticeBanner(look.theme, self)
        self.card = PanelCard("network", self.tr("Network"), look.theme, self)
        self.timeline = Timeline(self.actions_, self)
        self.travel = TimeTravel(
            self.actions_, self.timeline, self.recording, self.session, self.store, self
        )
        self.docks = Docks(self, look.theme)
        self.keys = FocusKeys(self)
        self.panels: dict[str, Panel] = {}
        self.export = self._exporter()
        self.pictures = Pictures(self.actions_, self.export, self.panels, self)
        self.setup: SetupPanel | None = None
        self._filling = False
        self._compose()
        self._connect()
        self._remember()
        self._show_experiment(self.store.experiment)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint; and after the first time, build what takes longest."""
        super().paintEvent(event)
        if not self._filling:
            self._filling = True
            QTimer.singleShot(0, self._fill)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, and leave nothing running."""
        preferences.write(preferences.GEOMETRY, self.saveGeometry())
        if self.panels:
            preferences.write(preferences.DOCKS, self.docks.save())
        self.export.close()
        self.session.close()
        super().closeEvent(event)

    def _compose(self) -> None:
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.card, 1)
        self.card.hold_below(self.timeline)
        self.setCentralWidget(centre)
        self.addToolBar(self.bar)
        self.setStatusBar(self.status)
        self.setMinimumSize(LEAST_SIZE)

    def _exporter(self) -> ExportController:
        return ExportController(
            self,
            panels=lambda: self.panels,
            current=self._moment,
            restyle=self.look.wear,
        )

    def _moment(self) -> tuple[Problem, Frame] | None:
        problem, frame = self.recording.problem, self.recording.frame
        return None if problem is None or frame is None else (problem, frame)

    def _connect(self) -> None:
        store, session, feed = self.store, self.session, self.feed
        commands, menus = self.commands, self.menus
        store.changed.connect(self._show_experiment)
        store.changed.connect(session.load)
        store.refused.connect(self._refuse)
        session.began.connect(self.banner.clear)
        session.branched.connect(self.banner.clear)
        session.began.connect(self.status.show_problem)
        session.began.connect(self._title_panels)
        session.epochs_finished.connect(self.status.note_epochs)
        session.snapshot_ready.connect(self.status.note_snapshot)
        session.state_changed.connect(self.status.show_state)
        session.state_changed.connect(self.travel.show_state)
        session.failed.connect(self.notices.report)
        feed.frame_shown.connect(self.bar.show_frame)
        feed.frame_shown.connect(self.travel.show_frame)
        feed.rates.connect(self.status.show_rates)
        menus.samples.chosen.connect(commands.open_sample)
        menus.presets.chosen.connect(commands.open_preset)
        menus.paces.chosen.connect(commands.set_pace)
        menus.themes.chosen.connect(self.look.choose)
        commands.said.connect(self.status.say)
        self.kept.said.connect(self.status.say)
        commands.starting.connect(self.travel.train_from_now)
        commands.under_way_changed.connect(self.travel.note_under_way)
        self.travel.may_start = commands.may_start
        self.travel.keep = self.kept.keep
        self.travel.said.connect(self.status.say)
        commands.pace_changed.connect(self.status.note_pace)
        commands.pace_changed.connect(menus.paces.tick)
        commands.pace_changed.connect(self.bar.pace.show_pace)
        commands.running_changed.connect(self.bar.train.show_running)
        self.bar.pace.pace_chosen.connect(commands.set_pace)
        self.notices.raised.connect(self.banner.show_notice)
        self.look.changed.connect(self._set_theme)
        self.docks.visibility_changed.connect(feed.refresh)
        self.tabifiedDockWidgetActivated.connect(self.pictures.follow_tab)
        for place in (self.docks, self.card):
            place.save_wanted.connect(self.pictures.save)
        self.export.said.connect(self.status.say)
        self.export.failed.connect(self.notices.report)
        self.actions_["quit"].triggered.connect(self.close)
        self.actions_["reset-layout"].triggered.connect(self.docks.arrange)
        self.actions_["help"].triggered.connect(self._help)
        self.actions_["about"].triggered.connect(self._about)
        self.addActions([*self.actions_])
        # Or Qt would give the focus, and so a ring, to the first button when the window opens.
        self.setFocus()

    def _remember(self) -> None:
        """Return to what the window was when it was last closed."""
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() - FRAME))
        self.restoreGeometry(preferences.read(preferences.GEOMETRY))
        self.commands.set_pace(preferences.read(preferences.PACE))
        self.menus.themes.tick(self.look.choice)

    @Slot()
    def _fill(self) -> None:
        """Build setup, network and panels, and make the first run ready."""
        from nnviz.gui.network import NetworkPanel
        from nnviz.gui.panels import PANELS
        from nnviz.gui.panels.runs import RunsPanel
        from nnviz.gui.setup.setup_panel import SetupPanel

        self.setup = SetupPanel(self)
        self._connect_setup(self.setup)
        self.docks.add("setup", self.tr("Setup"), self.setup)
        network = NetworkPanel(self)
        self._take_panel(network)
        self.card.hold(network)
        for key, kind in PANELS.items():
            panel = kind(self)
            self._take_panel(panel)
            self.docks.add(key, panel.tr(panel.title), panel)
            if isinstance(panel, RunsPanel):
                self._connect_runs(panel)
        self.menus.add_panel_toggles(self.docks.toggles())
        self.docks.restore(preferences.read(preferences.DOCKS))
        self.pictures.select(self.card.key)
        self.session.load(self.store.experiment)
        self.session.settle()
        self.ready.emit()

    def _take_panel(self, panel: Panel) -> None:
        self.panels[panel.key] = panel
        panel.row_chosen.connect(self.recording.choose_row)
        panel.epoch_chosen.connect(self.travel.look_at)
        self.feed.add_view(panel)
        self.pictures.watch(panel)

    def _connect_runs(self, runs: RunsPanel) -> None:
        runs.keep_wanted.connect(self.keeper.keep)
        runs.remove_wanted.connect(self.kept.remove)
        runs.clear_wanted.connect(self.kept.clear)
        self.store.amended.connect(runs.amend)

    def _connect_setup(self, setup: SetupPanel) -> None:
        setup.show_experiment(self.store.experiment)
        setup.edited.connect(self.store.propose)
        setup.rate_edited.connect(self.travel.take_rate)
        setup.rate_edited.connect(self.store.amend_rate)
        self.store.changed.connect(setup.clear_refusals)
        self.store.changed.connect(setup.show_experiment)
        self.store.amended.connect(setup.show_experiment)
        self.store.amended.connect(self._show_experiment)
        self.store.refused.connect(setup.show_refusal)
        self.travel.rate_goes_on_changed.connect(setup.set_running)
        self.travel.rate_goes_on_changed.connect(self.store.note_rates_go_on)
        self.store.rate_restored.connect(self.travel.restore_rate)
        # Pressing a button need not take the focus from a number that is still being typed.
        self.commands.editing = setup

    @Slot(object)
    def _show_experiment(self, experiment: Experiment) -> None:
        known = PRESETS.get(experiment.preset) or CATALOG[experiment.data.sample]
        self.setWindowTitle(self.tr("{name} — nnviz").format(name=translated(known.title)))
        self.menus.show_experiment(experiment)

    @Slot(object)
    def _title_panels(self, problem: Problem) -> None:
        for dock in self.docks:
            if dock.key in self.panels:
                dock.set_title(self.panels[dock.key].title_for(problem))

    @Slot(object)
    def _refuse(self, error: NnvizError) -> None:
        self.status.say(message(error))

    @Slot(object)
    def _set_theme(self, theme: Theme) -> None:
        self.setStyleSheet(self.look.sheet)
        parts = (self.actions_, self.menus, self.bar, self.banner, self.card)
        for part in (*parts, self.docks):
            part.set_theme(theme)

    @Slot()
    def _help(self) -> None:
        from nnviz.gui.shell.help import HelpDialog

        titles = {dock.key: dock.windowTitle() for dock in self.docks}
        titles["network"] = self.tr("Network")
        parts = {"setup": self.setup, **self.panels}
        HelpDialog(
            [(titles[key], part.tr(part.explanation)) for key, part in parts.items() if part], self
        ).open()

    @Slot()
    def _about(self) -> None:
        from nnviz.gui.shell.help import AboutDialog

        AboutDialog(self).open()
