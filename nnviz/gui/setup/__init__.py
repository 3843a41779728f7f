"""What a person sets: forms made from SETTINGS that show one Experiment and ask for another.

`setup_panel.SetupPanel` is the column of the window; it holds three forms (`data_form`,
`network_form`, `training_form`), each of which edits one part of the Experiment. A form never
writes the Experiment: it asks `nnviz.training.choices` for the next one and emits it. A setting of
``training`` that has no place of its own stands under "More" by itself.

Object names, by which tests, lessons and screen readers address controls:

- A field about ``data.test_fraction`` holds the control ``data-test-fraction``; the field itself is
  ``data-test-fraction-field``, the sentence beneath it ``data-test-fraction-message``. The path is
  the one that `InvalidChoiceError.field` names; dots and underscores become dashes.
- A slider comes with a number field and a seed with a die: ``data-noise-slider`` and
  ``data-noise-number``; ``data-seed-number`` and ``data-seed-dice``.
- Inputs computed from a point of the plane: ``data-feature-x``, ``data-feature-sin-x``, …
- Layers count from 1: ``layer-1-units``, ``layer-1-activation``, ``layer-1-remove``; the output
  layer has ``output-units`` and ``output-activation``. ``network-add-layer`` adds one. What is
  wrong with a layer is said in ``network-layers-0-message``, counted from 0 as the path is; the
  output's in ``network-layers-output-message``. What is wrong with no field in particular:
  ``setup-message``.
- Two sizes of one thing: ``training-batch-size-choice`` and ``training-batch-size-number``.
- Numbers of a table's entry: ``training-optimizer-momentum``, ``training-schedule-decay``,
  ``network-initializer-limit``, ``network-bias-limit``.
- Sections and what they fold: ``section-data``, ``section-network``, ``section-training``,
  ``network-more``, ``training-more``. The picture of the data is ``data-preview``.
"""
