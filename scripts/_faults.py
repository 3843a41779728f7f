"""The faults of scripts/faults.py: one line each, in what draws and says what a network does.

Whoever moves or rewrites the line a fault is in points the fault at the line that now does the
same; its name and its sentence stay. A fault whose line is gone for good takes another that breaks
what the sentence says.
"""

from __future__ import annotations

from dataclasses import dataclass

GUI = "nnviz/gui"
NETWORK = f"{GUI}/network_view"
PANELS = f"{GUI}/panels"


@dataclass(frozen=True)
class Fault:
    """A line that is wrong.

    Parameters
    ----------
    name
        Stable, for ``--only``.
    sentence
        What a person would see.
    file
        Where, from the root.
    line
        What stands there: a part of one line, once in the file.
    wrong
        What stands there instead.
    tests
        Files of tests that should catch it, those of tests/gui that are nearest first.
    """

    name: str
    sentence: str
    file: str
    line: str
    wrong: str
    tests: tuple[str, ...]


_NETWORK = (
    "test_seen_network",
    "test_network_view",
    "test_network_any_size",
    "test_picture_layers",
)
_CURVES = ("test_seen_plots", "test_plots", "test_history_panels", "test_compare")
_LAYERS = ("test_seen_plots", "test_layer_panels", "test_history_panels")
_OUTPUT = ("test_seen_output", "test_output_panels")
_TABLES = ("test_seen_output", "test_output_panels", "test_forward_panel", "test_compare")
_SHELL = ("test_seen_plots", "test_timeline", "test_time_travel", "test_shell", "test_export")

FAULTS: tuple[Fault, ...] = (
    # ------------------------------------------------------------------------------- the network
    Fault(
        "network-sign",
        "Positive weights are drawn in the colour of negative ones, and the other way round.",
        f"{NETWORK}/strokes.py",
        "for color in (theme.positive, theme.negative)",
        "for color in (theme.negative, theme.positive)",
        _NETWORK,
    ),
    Fault(
        "network-no-biases",
        "Biases are not painted.",
        f"{NETWORK}/nodes.py",
        "if number and scene.reading is not None:",
        "if number > 99 and scene.reading is not None:",
        _NETWORK,
    ),
    Fault(
        "network-bias-sign",
        "Negative biases have the colour of positive ones.",
        f"{NETWORK}/nodes.py",
        "end = theme.positive if level >= 0 else theme.negative",
        "end = theme.positive",
        _NETWORK,
    ),
    Fault(
        "network-solid",
        "Negative weights are solid where they should be dashed.",
        f"{NETWORK}/strokes.py",
        "of(index, strengths[index] < 0)",
        "of(index, strengths[index] < -9)",
        _NETWORK,
    ),
    Fault(
        "network-width",
        "All weights are drawn equally wide.",
        f"{NETWORK}/strokes.py",
        "(stroke.thickest - THINNEST) * share + 1e-3",
        "(stroke.thickest - THINNEST) * 0.5 + 1e-3",
        _NETWORK,
    ),
    Fault(
        "network-plane-flipped",
        "The pictures in the neurons are upside down.",
        f"{NETWORK}/nodes.py",
        "scene.scales[number].apply(planes[number])[shown, ::-1]",
        "scene.scales[number].apply(planes[number])[shown]",
        _NETWORK,
    ),
    Fault(
        "network-mark-swapped",
        "The chosen sample's mark on the neurons has x and y swapped.",
        f"{NETWORK}/nodes.py",
        "for share in place)",
        "for share in place[::-1])",
        _NETWORK,
    ),
    Fault(
        "network-largest",
        "The largest weight said over every gap is that of the first layer.",
        f"{NETWORK}/labels.py",
        "short(scene.reading.largest[i])",
        "short(scene.reading.largest[0])",
        _NETWORK,
    ),
    Fault(
        "network-names",
        "Inputs have each other's names.",
        f"{NETWORK}/labels.py",
        "write(painter, box, names[unit], scene.theme.text, RIGHT)",
        "write(painter, box, names[-1 - unit], scene.theme.text, RIGHT)",
        _NETWORK,
    ),
    Fault(
        "network-decimals",
        "Numbers in the picture of the network lose a decimal.",
        f"{NETWORK}/figures.py",
        "1 if size >= 10 else 2}f",
        "1 if size >= 10 else 1}f",
        _NETWORK,
    ),
    Fault(
        "network-maps-flipped",
        "Feature maps of a convolution are upside down.",
        f"{NETWORK}/maps.py",
        "return scene.scales[column.layer].apply(values).reshape(shape)",
        "return scene.scales[column.layer].apply(values).reshape(shape)[:, ::-1]",
        _NETWORK,
    ),
    Fault(
        "network-card",
        "The card of a neuron has another neuron's sum.",
        f"{NETWORK}/card.py",
        'Row("z = Σ w · x + b", exact(reading.sums[layer - 1][unit]))',
        'Row("z = Σ w · x + b", exact(reading.sums[layer - 1][0]))',
        _NETWORK,
    ),
    # -------------------------------------------------------------------------------- the curves
    Fault(
        "curve-solid",
        "The test part's curve is solid where it should be dashed.",
        f"{PANELS}/lines.py",
        "pen.setDashPattern([5, 3])",
        "pen.setDashPattern([5000, 3])",
        _CURVES,
    ),
    Fault(
        "curve-test-is-train",
        "The test part's curve has the numbers of the training part.",
        f"{PANELS}/curves.py",
        "columns = {key: self.column(history, key) for key in self.plot.lines}",
        'columns = {k: self.column(history, k.replace("test", "train")) for k in self.plot.lines}',
        _CURVES,
    ),
    Fault(
        "curve-upside-down",
        "Curves are drawn upside down.",
        f"{PANELS}/lines.py",
        "self.top + (self.y[1] - y) * up",
        "self.top + (y - self.y[0]) * up",
        _CURVES,
    ),
    Fault(
        "curve-rate-axis",
        "The learning rate is drawn by the loss' axis.",
        f"{PANELS}/plots.py",
        "color, framing = line.series.entry.color, right if line.series.right else left",
        "color, framing = line.series.entry.color, left",
        _CURVES,
    ),
    Fault(
        "curve-log",
        "The logarithmic axis has the labels of one, but curves are drawn linearly.",
        f"{PANELS}/plots.py",
        'self.log = self.axes["left"].log = log',
        'self.axes["left"].log = log',
        _CURVES,
    ),
    Fault(
        "curve-range",
        "The axis ends at half of what its curve reaches.",
        f"{PANELS}/series.py",
        "high = step_up(1.04 * bounds.high)",
        "high = step_up(0.5 * bounds.high)",
        _CURVES,
    ),
    Fault(
        "curve-reference",
        "The line of the largest class is drawn at the wrong height.",
        f"{PANELS}/marks.py",
        "share = (framing.y[1] - place) / (framing.y[1] - framing.y[0])",
        "share = (place - framing.y[0]) / (framing.y[1] - framing.y[0])",
        _CURVES,
    ),
    Fault(
        "curve-epoch-place",
        "The line of an earlier epoch stands at twice that epoch.",
        f"{PANELS}/marks.py",
        "box, x = framing.box, round(framing.place(epoch)) + 0.5",
        "box, x = framing.box, round(framing.place(2 * epoch)) + 0.5",
        _CURVES,
    ),
    Fault(
        "curve-legend",
        "The legend of the accuracy calls both curves “test”.",
        f"{PANELS}/accuracy.py",
        'train = LegendEntry(self.tr("train"), curve, "line")',
        'train = LegendEntry(self.tr("test"), curve, "line")',
        _CURVES,
    ),
    Fault(
        "curve-kept-missing",
        "One of the kept runs is not drawn.",
        f"{PANELS}/plots.py",
        "for ghost in reversed(self.ghosts):",
        "for ghost in reversed(self.ghosts[1:]):",
        _CURVES,
    ),
    Fault(
        "curve-kept-color",
        "A kept run's curve has another colour than its line in Runs.",
        f"{PANELS}/curves.py",
        "self.theme.ghost_color(ghost.slot)",
        "self.theme.ghost_color(ghost.slot + 1)",
        _CURVES,
    ),
    Fault(
        "axis-decimals",
        "Numbers at axes lose their last decimal.",
        f"{PANELS}/ticks.py",
        'return f"{value:,.{decimals}f}".replace',
        'return f"{value:,.{max(0, decimals - 1)}f}".replace',
        _CURVES,
    ),
    # -------------------------------------------------------------------------------- the layers
    Fault(
        "bars-shifted",
        "Bars of a histogram stand a bin too far left.",
        f"{PANELS}/chart.py",
        "drawn = (edges[bins], base - tall[bins], widths[bins], tall[bins])",
        "drawn = (edges[bins - 1], base - tall[bins], widths[bins], tall[bins])",
        _LAYERS,
    ),
    Fault(
        "bars-sign",
        "Negative weights' bars have the colour of positive ones.",
        f"{PANELS}/weights.py",
        "signs = theme.negative, theme.positive",
        "signs = theme.positive, theme.negative",
        _LAYERS,
    ),
    Fault(
        "bars-no-biases",
        "The strokes of biases under the weights are missing.",
        f"{PANELS}/weights.py",
        "chart.draw_rug(painter, self.biases[layer], theme.text)",
        "chart.draw_rug(painter, self.biases[layer][:0], theme.text)",
        _LAYERS,
    ),
    Fault(
        "heat-flipped",
        "The heat map of activations has its neurons upside down.",
        f"{PANELS}/activations.py",
        "diverging_pixels(values.T, self.largest(layer))",
        "diverging_pixels(values.T[::-1], self.largest(layer))",
        _LAYERS,
    ),
    Fault(
        "heat-scale",
        "Activations are tinted on a scale that is ten times too wide.",
        f"{PANELS}/activations.py",
        "diverging_pixels(values.T, self.largest(layer))",
        "diverging_pixels(values.T, 10 * self.largest(layer))",
        _LAYERS,
    ),
    Fault(
        "heat-classes",
        "The strip of classes under the activations has the colours of the next classes.",
        f"{PANELS}/activations.py",
        "color = QColor(self.theme.class_color(int(label)))",
        "color = QColor(self.theme.class_color(int(label) + 1))",
        _LAYERS,
    ),
    Fault(
        "gallery-derivative",
        "The derivatives in the gallery of activations are missing.",
        f"{PANELS}/galleries/drawing.py",
        "painter.drawPolyline(polygon(axes.to_pixels(shape.slope)))",
        "painter.drawPolyline(polygon(axes.to_pixels(shape.slope[:1])))",
        ("test_seen_output", "test_output_panels"),
    ),
    # -------------------------------------------------------------------------------- the answers
    Fault(
        "output-classes",
        "Samples on the decision surface have the colour of the next class.",
        f"{PANELS}/outputs/colors.py",
        "return [self.theme.class_color(int(label)) for label in values]",
        "return [self.theme.class_color(int(label) + 1) for label in values]",
        _OUTPUT,
    ),
    Fault(
        "output-flipped",
        "The decision surface is upside down under its samples.",
        f"{PANELS}/outputs/surface.py",
        "pixels = np.ascontiguousarray(self._colors.ground(values, stepped))",
        "pixels = np.ascontiguousarray(self._colors.ground(values, stepped)[::-1])",
        _OUTPUT,
    ),
    Fault(
        "output-discs",
        "Test samples are discs like training samples.",
        f"{PANELS}/outputs/surface.py",
        "self._paint_part(painter, axes, self.problem.test, ring=True)",
        "self._paint_part(painter, axes, self.problem.test, ring=False)",
        _OUTPUT,
    ),
    Fault(
        "confusion-transposed",
        "The confusion matrix is transposed: what is true stands for what is decided.",
        f"{PANELS}/outputs/confusion.py",
        "place = QRectF(grid.left() + decided * side, grid.top() + true * side, side, side)",
        "place = QRectF(grid.left() + true * side, grid.top() + decided * side, side, side)",
        _OUTPUT,
    ),
    Fault(
        "table-column",
        "The table of answers has the expected class in the column of the decided one.",
        f"{PANELS}/outputs/table_model.py",
        "return self._class_name(int(self.labels[row]))",
        "return self._class_name(int(self._targets[row]))",
        _TABLES,
    ),
    Fault(
        "forward-scrolled",
        "The forward table shows, once scrolled, every row a line too far up.",
        f"{PANELS}/forwards/table.py",
        "return self.verticalScrollBar().value() // height * height",
        "return (self.verticalScrollBar().value() // height + 1) * height",
        _TABLES,
    ),
    Fault(
        "forward-tint",
        "Cells of the forward table are tinted on a scale that is a tenth of what it should be.",
        f"{PANELS}/forwards/values.py",
        "shades_of(numbers / self.scales[key])",
        "shades_of(10 * numbers / self.scales[key])",
        _TABLES,
    ),
    Fault(
        "forward-tip",
        "The tooltip of the forward table has the number of another row.",
        f"{PANELS}/forwards/table.py",
        "value = self.values.number(column, line - self._seen[0])",
        "value = self.values.number(column, 0)",
        _TABLES,
    ),
    Fault(
        "runs-parts",
        "The table of runs calls the training part's figures those of the test part.",
        f"{PANELS}/comparisons/columns.py",
        '_tr("train") if is_train else _tr("test"),',
        '_tr("test") if is_train else _tr("train"),',
        _TABLES,
    ),
    # ------------------------------------------------------------------------------ what is around
    Fault(
        "bar-test-loss",
        "The tool bar shows the training loss as that of the test part.",
        f"{GUI}/toolbar.py",
        'quantity(history.column(f"{part}_loss")[row])',
        'quantity(history.column("train_loss")[row])',
        _SHELL,
    ),
    Fault(
        "timeline-handle",
        "The handle of the timeline stands left of the epoch that is shown.",
        f"{GUI}/timeline/paint.py",
        "painter.drawEllipse(QPointF(look.shown, 0), _HANDLE, _HANDLE)",
        "painter.drawEllipse(QPointF(0.9 * look.shown, 0), _HANDLE, _HANDLE)",
        _SHELL,
    ),
    Fault(
        "export-legend",
        "Exported pictures have no legend.",
        f"{GUI}/export/figure.py",
        "if options.legend and (entries := self._panel.legend()):",
        "if not options.legend and (entries := self._panel.legend()):",
        _SHELL,
    ),
    Fault(
        "export-epoch",
        "The caption of an exported picture tells the epoch after the one it shows.",
        f"{GUI}/export/figure.py",
        "caption(shot.problem, shot.frame.inspection.epoch)",
        "caption(shot.problem, shot.frame.inspection.epoch + 1)",
        _SHELL,
    ),
)
"""All of them, in the order in which they are tried."""
