"""Write docs/applications.md: what is counted for each model of keras.applications, and by Keras.

`python docs/applications.py` writes; with `--check` it only says whether the page is out of date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from flake8_paramcount.interpreter import analyze  # noqa: E402
from flake8_paramcount.keras.applications import CONSTRUCTORS  # noqa: E402
from flake8_paramcount.settings import Settings  # noqa: E402
from flake8_paramcount.summary import Summary, summarize  # noqa: E402

PAGE = ROOT / "docs" / "applications.md"
RECORDED = ROOT / "tests" / "keras" / "applications_totals.json"

HEAD = """\
# keras.applications

Every constructor of `keras.applications` evaluates to a model with all of its layers: their
names, their order in `model.layers`, their weights and shapes are those of Keras {keras}.
`base.trainable = False`, `base.layers[:-4]`, `base.get_layer(name)`, `base.output` and
`Model(base.input, x)` come out as they do in Keras.

*Ours* is what this package reads off `keras.applications.NAME(weights=None)` in a source text;
*Keras* is `model.count_params()` of the real constructor.

The RegNets and ResNetRS are constructors of tf.keras 2 only, and theirs are the numbers of
`tf_keras` {keras_2}. A file that names one is read as Keras 2; as Keras 3 the model is unknown,
with that as the reason. What are operations between tensors in Keras 3 (`x + skip`) are layers of
these models, as they are in tf.keras.

"""

FOOT = """
## Arguments

- `include_top`, `pooling`, `include_preprocessing`, `minimalistic`: exact. Where the source leaves
  one open, the result is a range over both ways.
- `input_shape`, `input_tensor`: exact for any image and any number of channels. Sizes may be
  symbols or None; with `weights="imagenet"` there are three channels, whatever is not known.
- `classes`: exact or symbolic.
- `alpha`, `depth_multiplier`, `dropout_rate`: exact for every number. An unknown `alpha` leaves the
  count unknown.
- `weights`: what does not go with `imagenet` (another number of classes or channels, another image
  for its classifier, an `alpha` without weights) is reported, as Keras refuses it. A path changes
  nothing.
- `name` (`model_name` of a RegNet): an EfficientNetV2 with another name than its own is unknown,
  since Keras looks its blocks up under that name.

Not followed, with that as the reason: `channels_first`; an `input_tensor` that is no symbolic
tensor; a NASNet whose whole `input_shape` is unknown, since its layers depend on whether the size
is stated. The totals are those of Keras 2 as well; the order of `model.layers` is that of Keras 3.
"""


def page() -> str:
    """The page as Markdown."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    lines = [
        "| constructor | layers | ours | Keras | ours, no top | Keras, no top | features |\n",
        "|---|---:|---:|---:|---:|---:|---:|\n",
    ]
    for name in CONSTRUCTORS:
        lines.append(_row(name, recorded["totals"][name]))
    return HEAD.format(**recorded) + "".join(lines) + FOOT


def _row(name: str, totals: dict[str, list[int]]) -> str:
    whole, headless = _summary(name, ""), _summary(name, "include_top=False, ")
    cells = [f"`{name}`", f"{len(whole.model.variants[0].layers):,}"]
    for summary, variant in ((whole, "default"), (headless, "include_top=False")):
        cells += [f"{summary.total:,}", f"{sum(totals[variant][:2]):,}"]
    cells.append(f"{totals['include_top=False'][2][-1]:,}")  # type: ignore[index]
    return f"| {' | '.join(cells)} |\n"


def _summary(name: str, argument: str) -> Summary:
    source = f"import keras\nm = keras.applications.{name}({argument}weights=None)\n"
    [model] = analyze(source, None, Settings(), "m.py").models
    return summarize(model, Settings())


def main(arguments: list[str]) -> int:
    """Write, or with `--check` say whether the page is out of date."""
    text = page()
    if arguments == ["--check"]:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print("docs/applications.md is out of date: run python docs/applications.py")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
