"""What some settings can be, each by its name in files: tables for ``SETTINGS``."""

from nnviz.datasets.letters import GRIDS
from nnviz.training.setting import Option

STOPS = {
    "never": Option("Never", short="never"),
    "train_loss": Option("Training loss falls to", short="training loss"),
    "train_metric": Option("{metric} rises to", short="training metric"),
    "validation_loss_rises": Option(
        "Validation loss stops falling",
        "The parameters of the smallest validation loss are then the result. Without a validation"
        " part the test rows choose, and their figures are no longer a fair test.",
        "validation loss rises",
    ),
}
CLASS_WEIGHTS = {
    "none": Option("Count rows", "Every sample counts the same.", "none"),
    "balanced": Option("Balanced", "Every class counts the same, however rare.", "balanced"),
}
REDUCTIONS = {
    "mean": Option("Mean", "The batch's mean gradient.", "mean"),
    "sum": Option("Sum", "The sum: steps grow with the batch.", "sum"),
    "mean_twice": Option(
        "Mean, divided twice",
        "The mean divided by the number of samples again: a mistake, steps shrink with the batch.",
        "mean, divided twice",
    ),
}
GRID_SIZES = {key: Option(f"{rows} × {columns}") for key, (rows, columns) in GRIDS.items()}
PRECISIONS = {
    "float64": Option("64 bit", "About 16 digits."),
    "float32": Option("32 bit", "About 7 digits; faster on pictures."),
}
SPLITS = {
    "random": Option("Drawn at random", "Classes keep their shares in each part.", "random"),
    "time": Option(
        "The newest", "The newest rows are the test, those before them for validation.", "by time"
    ),
}
