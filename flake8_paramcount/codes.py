"""The codes of all rules as plain data, for whoever must know them without importing the rules."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Default: TypeAlias = Literal["on", "on*", "off"]
"""`on*`: on, but silent until the setting that it needs is given."""


class Code(NamedTuple):
    """What flake8 must know of a rule: its readable name, and whether it is on by default."""

    name: str
    default: Default


CODES: dict[str, Code] = {
    "KPC001": Code("count-unknown", "off"),
    "KPC002": Code("bad-directive", "on"),
    "KPC003": Code("layer-count", "off"),
    "KPC004": Code("model-count", "off"),
    "KPC005": Code("budget-unverifiable", "on*"),
    "KPC006": Code("unknown-layer", "off"),
    "KPC101": Code("model-over-budget", "on*"),
    "KPC102": Code("layer-over-budget", "on*"),
    "KPC103": Code("trainable-over-budget", "on*"),
    "KPC104": Code("size-over-budget", "on*"),
    "KPC105": Code("model-grew", "on*"),
    "KPC106": Code("stale-count-comment", "on"),
    "KPC107": Code("flatten-dense-blowup", "on"),
    "KPC108": Code("redundant-bias", "on"),
    "KPC109": Code("embedding-dominates", "off"),
    "KPC110": Code("activation-memory", "on*"),
    "KPC201": Code("embedding-below-vocabulary", "on"),
    "KPC202": Code("embedding-off-by-one", "on"),
    "KPC203": Code("mask-zero-off-by-one", "on"),
    "KPC204": Code("embedding-above-vocabulary", "off"),
    "KPC205": Code("embedding-matrix-shape", "on"),
    "KPC206": Code("units-below-classes", "on"),
    "KPC207": Code("loss-label-form", "on"),
    "KPC208": Code("data-shape-mismatch", "on"),
    "KPC209": Code("autoencoder-shape", "on"),
    "KPC301": Code("dropout-rate", "on"),
    "KPC302": Code("softmax-over-one", "on"),
    "KPC303": Code("activation-twice", "on"),
    "KPC304": Code("linear-stack", "on"),
    "KPC305": Code("constant-initializer", "on"),
    "KPC306": Code("legacy-positional", "on"),
    "KPC307": Code("removed-argument", "on"),
    "KPC308": Code("invalid-argument", "on"),
    "KPC309": Code("duplicate-layer-name", "on"),
    "KPC310": Code("stateful-without-batch", "on"),
    "KPC311": Code("late-input-shape", "on"),
    "KPC312": Code("normalization-axis", "on"),
    "KPC313": Code("logits-mismatch", "on"),
    "KPC314": Code("crossentropy-mismatch", "on"),
    "KPC315": Code("relu-output", "on"),
    "KPC316": Code("trainable-after-compile", "on"),
    "KPC317": Code("compiled-twice", "on"),
    "KPC318": Code("model-never-built", "on"),
    "KPC319": Code("shared-layer-by-multiplication", "on"),
    "KPC320": Code("mask-lost", "off"),
    "KPC401": Code("rank-mismatch", "on"),
    "KPC402": Code("rnn-without-return-sequences", "on"),
    "KPC403": Code("size-exhausted", "on"),
    "KPC404": Code("reshape-size", "on"),
    "KPC405": Code("merge-shape", "on"),
    "KPC406": Code("undefined-dimension", "on"),
    "KPC407": Code("missing-flatten", "on"),
    "KPC408": Code("useless-flatten", "on"),
    "KPC409": Code("channel-order", "on"),
    "KPC901": Code("dropout-before-normalization", "off"),
    "KPC902": Code("dropout-before-pooling", "off"),
    "KPC903": Code("dropout-over-half", "off"),
    "KPC904": Code("shrinking-window", "off"),
    "KPC905": Code("shrinking-filters", "off"),
    "KPC906": Code("growing-dense", "off"),
    "KPC907": Code("no-pooling", "off"),
    "KPC908": Code("pooling-after-every-conv", "off"),
    "KPC909": Code("heterogeneous-blocks", "off"),
    "KPC910": Code("ineffective-pooling", "off"),
    "KPC911": Code("non-zero-bias-initializer", "off"),
    "KPC912": Code("regression-loss-on-softmax", "off"),
    "KPC913": Code("learning-rate-range", "off"),
    "KPC914": Code("linear-stack-of-convolutions", "off"),
}

OFF_BY_DEFAULT: tuple[str, ...] = tuple(
    code for code, entry in CODES.items() if entry.default == "off"
)
