"""From what a file says to an Experiment, or to a sentence that says where the file is wrong.

Nothing is guessed: an unknown name, "3" or 3.0 for 3, a number out of its range or NaN is refused
with its place. A whole number where any number may stand is taken, since JSON writes 3.0 as 3.
"""

from __future__ import annotations

import dataclasses
import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Annotated, Any, Union, get_type_hints

import msgspec

from nnviz.datasets.own.recipe import OWN, AnyRecipe, OwnColumn, OwnData, Recipe
from nnviz.datasets.own.sample_recipes import ArraysRecipe, PicturesRecipe, SampleRecipe
from nnviz.datasets.own.table import MOST_COLUMNS
from nnviz.datasets.preprocessing import PLANE_FEATURES
from nnviz.engine.layers import LAYERS, Dense, LayerSpec
from nnviz.errors import DataError
from nnviz.training.edits import EDITS, POINT_EDITS, AddLayer
from nnviz.training.experiment import DataChoice, Experiment, NetworkChoice, TrainingChoice
from nnviz.training.settings import MAX_HIDDEN_LAYERS
from nnviz.training.validation import out_of_range


def parsed(text: str | bytes) -> Any:
    """Return what JSON says, as dictionaries, lists and numbers.

    Raises
    ------
    DataError
        If it is no JSON or is nested beyond all bounds, has NaN, or says something twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise DataError(
            "This cannot be read: {problem}.",
            "Choose a file that nnviz saved.",
            problem=_short(str(error)),
        ) from error


def experiment_of(values: object) -> Experiment:
    """Return the Experiment that `Experiment.to_dict` wrote.

    Raises
    ------
    DataError
        If something has another name, type or place.
    InvalidChoiceError
        If something is not in its table or its range.
    """
    found = _converted(values, _EXPERIMENT)
    data, network = _fields(found.data), _fields(found.network)
    data["points"] = tuple(map(_edit, found.data.points))
    if (file := found.data.file) is not None:
        data["file"] = OwnData(file.path, file.sha256, _recipe(file.recipe), _samples(file.samples))
    if (file is not None) != (found.data.sample == OWN):
        raise _unreadable(f"there has to be one for the sample “{OWN}”, and for no other", "file")
    network["layers"] = tuple(map(_layer, found.network.layers))
    experiment = Experiment(
        DataChoice(**data),
        NetworkChoice(**network),
        TrainingChoice(**_fields(found.training)),
        found.preset,
        tuple(map(_edit, found.edits)),
    )
    for refusal in out_of_range(experiment):
        raise refusal
    return experiment


def recipe_of(values: object) -> AnyRecipe:
    """Return the recipe for a person's own data that is in a file by itself.

    Raises
    ------
    DataError
        If something has another name, type or place, or the recipe cannot be.
    """
    if isinstance(values, Mapping) and "kind" in values:
        found = _samples(_converted(values, _SAMPLES))
        assert found is not None
        return found
    return _recipe(_converted(values, _RECIPE))


def _samples(struct: Any) -> SampleRecipe | None:
    if struct is None:
        return None
    return _SAMPLE_RECIPES[struct.__struct_config__.tag](**_fields(struct))


def _recipe(struct: Any) -> Recipe:
    columns = tuple(OwnColumn(**_fields(column)) for column in struct.columns)
    return Recipe(**_fields(struct) | {"columns": columns})


def _converted(values: object, kind: Any) -> Any:
    """Return what msgspec makes of values; a DataError where they are not of this kind."""
    try:
        # Only what JSON has: msgspec takes anything with [] for a dictionary, Decimal for a float.
        plain = json.loads(json.dumps(values))
        return msgspec.convert(_with_kinds(plain), kind)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        raise _unreadable(problem, place) from error
    except UnicodeEncodeError as error:
        raise _unreadable("a name has half of a letter in it") from error
    except (TypeError, ValueError, RecursionError) as error:  # of `dumps`
        raise _unreadable(str(error)) from error


def _unreadable(problem: str, place: str = "") -> DataError:
    return DataError(
        "“{place}” is not as nnviz writes it: {problem}.",
        "Choose a file that nnviz saved.",
        place=(place or "$").replace("`", "").replace("$", "experiment"),
        problem=_short(problem).replace("`", ""),
    )


def _short(problem: str) -> str:
    """Return what is wrong, without the advice for programmers behind a semicolon."""
    return f"{problem.partition(';')[0]:.200}".rstrip(".")


def _with_kinds(values: object) -> object:
    """Return the values with every layer's kind: those of the first version's files are Dense."""
    match values:
        case {"network": {"layers": [*layers], **network}, **rest}:
            named = [{"kind": Dense.kind, **x} if isinstance(x, Mapping) else x for x in layers]
            return {**rest, "network": {**network, "layers": named}}
    return values


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"“{name}” is there twice")
        found[name] = value
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


# -------------------------------------------------------------------------------- what it has to be


def _struct(
    kind: type, tag: str | None = None, required: tuple[str, ...] = (), **types: Any
) -> Any:
    """Return the type by which msgspec checks a dataclass: its fields, and no others.

    Parameters
    ----------
    tag
        What its ``"kind"`` says, if it is one of several.
    required
        Fields that cannot be left out, though they have a default.
    types
        What takes the place of the dataclass's own types.
    """
    hints = get_type_hints(kind)
    fields: list[Any] = []
    for field in dataclasses.fields(kind):
        if tag and field.name == "kind":
            continue
        given = types.get(field.name, hints[field.name])
        if field.default_factory is not dataclasses.MISSING:
            default = msgspec.field(default_factory=field.default_factory)
        else:
            default = msgspec.NODEFAULT if field.default is dataclasses.MISSING else field.default
        fields.append((field.name, given, msgspec.NODEFAULT if field.name in required else default))
    return msgspec.defstruct(
        kind.__name__,
        fields,
        kw_only=True,
        forbid_unknown_fields=True,
        tag=tag,
        tag_field="kind" if tag else None,
    )


def _fields(struct: Any) -> dict[str, Any]:
    return msgspec.structs.asdict(struct)


def _layer(struct: Any) -> LayerSpec:
    return LAYERS[struct.__struct_config__.tag](**_fields(struct))


def _edit(struct: Any) -> Any:
    values, kind = _fields(struct), EDITS[struct.__struct_config__.tag]
    if isinstance(values.get("inputs"), str):
        try:
            values["inputs"] = tuple(map(float, b64decode(values["inputs"], validate=True)))
        except ValueError as error:
            raise _unreadable("it is no base64", "inputs") from error
    return kind(**values | {"spec": _layer(values["spec"])} if kind is AddLayer else values)


def _one_of(kinds: Mapping[str, type], **types: Any) -> Any:
    """Return the type of something that is of one of these kinds."""
    return Union[tuple(_struct(kind, name, **types) for name, kind in kinds.items())]  # noqa: UP007


_LAYER: Any = _one_of(LAYERS)
_INPUTS: Any = tuple[float, ...] | str
_EDIT: Any = _one_of(EDITS, spec=_LAYER, inputs=_INPUTS)
_POINT: Any = _one_of(POINT_EDITS, inputs=_INPUTS)
_COLUMNS: Any = Annotated[
    tuple[_struct(OwnColumn), ...],  # type: ignore[misc]
    msgspec.Meta(max_length=MOST_COLUMNS),
]
_RECIPE = _struct(Recipe, columns=_COLUMNS)
_SAMPLE_RECIPES: Mapping[str, type[SampleRecipe]] = {
    "arrays": ArraysRecipe,
    "pictures": PicturesRecipe,
}
_SAMPLES: Any = _one_of(_SAMPLE_RECIPES)
_OWN: Any = _struct(OwnData, recipe=_RECIPE, samples=_SAMPLES | None)
_EXPERIMENT = _struct(
    Experiment,
    required=("data", "network", "training"),
    data=_struct(
        DataChoice,
        features=Annotated[tuple[str, ...], msgspec.Meta(max_length=len(PLANE_FEATURES))],
        points=tuple[_POINT, ...],
        file=_OWN | None,
    ),
    network=_struct(
        NetworkChoice,
        required=("layers",),
        layers=Annotated[tuple[_LAYER, ...], msgspec.Meta(max_length=MAX_HIDDEN_LAYERS + 1)],
    ),
    training=_struct(TrainingChoice),
    edits=tuple[_EDIT, ...],
)
