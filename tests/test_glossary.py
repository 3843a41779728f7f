"""Every word that the tables put on the screen is explained, with a formula that Qt can draw."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.layers import LAYERS
from nnviz.engine.losses import LOSSES
from nnviz.engine.metrics import METRICS
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.schedules import SCHEDULES
from nnviz.glossary import term_of, terms
from nnviz.resources import resource
from nnviz.training.settings import LAYER_SETTINGS, SETTINGS


def _titles() -> Iterator[str]:
    for setting in (*SETTINGS.values(), *LAYER_SETTINGS.values()):
        yield setting.title
    for table in (ACTIVATIONS, LOSSES, OPTIMIZERS, INITIALIZERS, SCHEDULES, METRICS, LAYERS):
        for thing in table.values():
            yield thing.title
            for parameter in getattr(thing, "parameters", ()):
                yield parameter.title


@pytest.mark.parametrize("title", sorted(set(_titles())))
def test_a_title_of_the_tables_is_explained(title: str) -> None:
    term = term_of(title)
    assert term is not None
    assert 30 <= len(term.text) <= 420


def test_a_title_means_one_thing() -> None:
    titles = [title.casefold() for term in terms() for title in (term.title, *term.also)]
    assert sorted(titles) == sorted(set(titles))


def test_a_title_is_found_as_the_screen_writes_it() -> None:
    for written in ("&Learning rate…", "learning rate:", "Learning rate (initial)"):
        assert term_of(written) is term_of("Learning rate")
    assert term_of("Conv 1: Strides") is term_of("Strides")
    assert term_of("Accuracy, test") is term_of("Accuracy")
    assert term_of("Hidden 2") is term_of("Layer")
    assert term_of("Colour of the door") is None


def test_each_formula_has_its_picture_and_no_other_has() -> None:
    drawn = {path.stem for path in resource("glossary", "formulas").glob("*.svg")}
    assert drawn == {term.key for term in terms() if term.tex}
    assert len(drawn) == sum(bool(term.tex) for term in terms())  # no two share one
