"""Summaries of hand-made models: exact, symbolic, range or unknown, and never a wrong number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_paramcount.dims import symbol, text
from flake8_paramcount.keras.layer import Fault
from flake8_paramcount.records import Condition, Model, Reason, Variant
from flake8_paramcount.settings import DTYPE_BYTES, Settings
from flake8_paramcount.summary import Summary, size_of, summarize
from tests.handmade import branch, dense, embedding, layer, model, normalization, of_layers, weight


def summary_of(record: Model) -> Summary:
    return summarize(record, Settings())


def test_exact_total() -> None:
    summary = summary_of(of_layers(dense(1, 784, 64), dense(2, 64, 10)))

    assert summary.status == "exact"
    assert summary.total == summary.minimum == summary.maximum == 50_890
    assert (summary.trainable, summary.non_trainable) == (50_890, 0)
    assert [row.total for row in summary.rows] == [50_240, 650]
    assert [row.formula for row in summary.rows] == ["784·64 + 64", "64·10 + 10"]
    assert [row.share for row in summary.rows] == [50_240 / 50_890, 650 / 50_890]
    assert (summary.expression, summary.reasons, summary.conditions) == (None, (), ())


def test_statistics_are_not_trainable() -> None:
    summary = summary_of(of_layers(dense(1, 8, 4), normalization(2, 4)))

    assert (summary.total, summary.trainable, summary.non_trainable) == (52, 44, 8)
    assert [row.trainable for row in summary.rows] == [36, 8]


def test_frozen_layers_count_in_the_total_only() -> None:
    summary = summary_of(of_layers(dense(1, 8, 4, trainable=False), dense(2, 4, 2)))

    assert (summary.total, summary.trainable, summary.non_trainable) == (46, 10, 36)


def test_shared_weights_count_once() -> None:
    first = dense(1, 8, 8, shared=True)
    summary = summary_of(of_layers(first, dense(2, 8, 4), first))

    assert summary.total == 72 + 36
    assert [row.total for row in summary.rows] == [72, 36, 72]
    assert [row.share for row in summary.rows] == [72 / 108, 36 / 108, None]


def test_layers_without_weights_count_nothing() -> None:
    summary = summary_of(of_layers(layer(1, "flatten", "Flatten"), layer(2, "dropout", "Dropout")))

    assert (summary.status, summary.total, summary.minimum) == ("exact", 0, 0)
    assert [row.status for row in summary.rows] == ["exact", "exact"]
    assert [row.share for row in summary.rows] == [None, None]


def test_model_without_layers_counts_nothing() -> None:
    assert summary_of(of_layers()).total == 0


def test_model_without_variants_is_unknown() -> None:
    summary = summary_of(model())

    assert (summary.status, summary.total, summary.minimum, summary.rows) == (
        "unknown",
        None,
        None,
        (),
    )


# -- nested models ----------------------------------------------------------------------------


def test_nested_model_counts_its_layers() -> None:
    inner = Variant((dense(2, 8, 4), dense(3, 4, 2)))
    summary = summary_of(of_layers(layer(1, "encoder", "Sequential", nested=inner)))

    assert summary.total == 46
    assert summary.rows[0].formula == "36 + 10"


def test_nested_weights_that_the_layer_lists_itself_count_once() -> None:
    part = dense(2, 8, 4)
    outer = layer(1, "encoder", "Sequential", *part.weights, nested=Variant((part,)))

    assert summary_of(of_layers(outer, part)).total == 36


def test_nested_model_with_many_layers_says_how_many() -> None:
    inner = Variant(tuple(dense(key, 2, 2) for key in range(2, 12)))
    summary = summary_of(of_layers(layer(1, "encoder", "Sequential", nested=inner)))

    assert summary.rows[0].formula == "10 layers"


def test_nested_model_that_shares_a_layer_shows_no_sum_that_does_not_come_out() -> None:
    part = dense(2, 4, 4, shared=True)
    inner = Variant((part, part))
    summary = summary_of(of_layers(layer(1, "encoder", "Functional", nested=inner)))

    assert (summary.total, summary.rows[0].formula) == (20, "2 layers")


def test_nested_unknown_makes_the_whole_unknown() -> None:
    inner = Variant((dense(2, 8, 4), layer(3, "mine", "Mine", known=False)))
    summary = summary_of(of_layers(layer(1, "encoder", "Sequential", nested=inner)))

    assert (summary.status, summary.total, summary.minimum) == ("unknown", None, 36)


# -- symbols ----------------------------------------------------------------------------------


def test_symbolic_total_with_bound() -> None:
    words = symbol("vocab_size", lower=1, site=7, reason="`vocab_size` is read from a file")
    summary = summary_of(of_layers(embedding(1, words, 64), dense(2, 64, 48)))

    assert summary.status == "symbolic"
    assert summary.expression == "64·vocab_size + 3,120"
    assert (summary.minimum, summary.maximum) == (3_184, None)
    assert text(summary.trainable) == "64·vocab_size + 3,120"
    assert summary.non_trainable == 0
    assert [row.status for row in summary.rows] == ["symbolic", "exact"]
    assert [row.share for row in summary.rows] == [None, None]
    assert summary.reasons == (
        Reason("`vocab_size` is read from a file", 7, "# paramcount: vocab_size=…"),
    )


def test_symbolic_total_without_information_has_no_bound() -> None:
    summary = summary_of(of_layers(embedding(1, symbol("n"), 64)))

    assert (summary.status, summary.minimum) == ("symbolic", None)


def test_symbol_with_both_bounds_bounds_the_total() -> None:
    units = symbol("units", lower=32, upper=512)
    summary = summary_of(of_layers(dense(1, 10, units)))

    assert (summary.expression, summary.minimum, summary.maximum) == ("11·units", 352, 5_632)


def test_symbols_that_cancel_leave_an_exact_total() -> None:
    n = symbol("n", lower=1)
    parts = (
        layer(1, "a", "A", weight((1, 0), "w", n + 5)),
        layer(2, "b", "B", weight((2, 0), "w", 3 - n)),
    )

    assert summary_of(of_layers(*parts)).total == 8


def test_opaque_symbol_is_unknown_with_its_reason() -> None:
    features = symbol("?", lower=1, opaque=True, reason="the input shape is not given", site=3)
    summary = summary_of(of_layers(dense(1, features, 10), dense(2, 10, 5)))

    assert (summary.status, summary.total, summary.expression) == ("unknown", None, None)
    assert (summary.minimum, summary.maximum) == (75, None)
    assert summary.reasons == (Reason("the input shape is not given", 3),)


def test_opaque_symbol_with_both_bounds_is_a_range() -> None:
    units = symbol("?", lower=2, upper=4, opaque=True)
    summary = summary_of(of_layers(dense(1, 10, units)))

    assert (summary.status, summary.minimum, summary.maximum) == ("range", 22, 44)


def test_reason_of_the_layer_is_not_repeated_for_its_symbol() -> None:
    words = symbol("words", lower=1, reason="not known")
    given_reason = Reason("words: read from a file", 7, "# paramcount: words=…")
    summary = summary_of(of_layers(embedding(1, words, 64, reasons=(given_reason,))))

    assert summary.reasons == (given_reason,)


# -- unknown ----------------------------------------------------------------------------------


def test_unknown_layer_leaves_a_lower_bound() -> None:
    why = Reason("`Mine` is neither Keras' nor defined here", 20)
    mine = layer(2, "mine", "Mine", known=False, reasons=(why,))
    summary = summary_of(of_layers(dense(1, 8, 4), mine))

    assert (summary.status, summary.total, summary.trainable) == ("unknown", None, None)
    assert (summary.minimum, summary.maximum, summary.trainable_minimum) == (36, None, 36)
    assert summary.reasons == (why,)
    assert [row.status for row in summary.rows] == ["exact", "unknown"]


def test_nothing_known_has_no_bound() -> None:
    summary = summary_of(of_layers(layer(1, "mine", "Mine", known=False)))

    assert (summary.status, summary.minimum, summary.maximum) == ("unknown", None, None)


def test_fault_makes_the_total_unknown_and_is_a_reason() -> None:
    fault = Fault("rank", "expected ndim=3, found ndim=2")
    broken = layer(2, "lstm", "LSTM", known=False, fault=fault)
    summary = summary_of(of_layers(dense(1, 8, 4), broken))

    assert (summary.status, summary.minimum) == ("unknown", 36)
    assert summary.reasons == (
        Reason("`lstm` (LSTM) cannot be built: expected ndim=3, found ndim=2", 20),
    )


def test_uncertain_list_of_layers_proves_nothing() -> None:
    why = Reason("the loop on line 3 runs an unknown number of times", 3)
    summary = summary_of(model(Variant((dense(1, 8, 4),), reasons=(why,))))

    assert (summary.status, summary.total) == ("unknown", None)
    assert (summary.minimum, summary.trainable_minimum) == (None, None)
    assert summary.reasons == (why,)


def test_weight_with_a_free_dimension_is_unknown() -> None:
    part = layer(1, "odd", "Odd", weight((1, 0), "w", None, 4), weight((1, 1), "b", 4))
    summary = summary_of(of_layers(part))

    assert (summary.status, summary.minimum, summary.rows[0].formula) == ("unknown", 4, "")


def test_contradictory_sizes_prove_nothing() -> None:
    one, other = (
        layer(1, "a", "A", weight((1, 0), "w", 4)),
        layer(1, "a", "A", weight((1, 0), "w", 5)),
    )
    summary = summary_of(of_layers(one, other))

    assert (summary.status, summary.minimum) == ("unknown", None)
    assert summary.reasons == (Reason("`a` is used on inputs of different sizes", 10),)


def test_contradictory_trainability_leaves_the_total() -> None:
    summary = summary_of(of_layers(dense(1, 8, 4), dense(1, 8, 4, trainable=False)))

    assert (summary.total, summary.trainable, summary.non_trainable) == (36, None, None)


# -- variants ---------------------------------------------------------------------------------


def test_range_over_branches_and_its_condition() -> None:
    record = model(
        branch(True, dense(1, 8, 8), dense(2, 8, 4)),
        branch(False, dense(1, 8, 4)),
    )
    summary = summary_of(record)

    assert (summary.status, summary.total) == ("range", None)
    assert (summary.minimum, summary.maximum, summary.trainable_minimum) == (36, 108, 36)
    assert (summary.trainable, summary.non_trainable) == (None, 0)
    assert summary.conditions == (Condition("deep", 5, True),)
    assert len(summary.rows) == 2
    assert summary.reasons == ()


def test_branches_with_equal_totals_are_exact() -> None:
    record = model(branch(True, dense(1, 8, 4)), branch(False, dense(2, 8, 4)))
    summary = summary_of(record)

    assert (summary.status, summary.total, summary.conditions) == ("exact", 36, ())


def test_equal_totals_with_other_trainability() -> None:
    record = model(branch(True, dense(1, 8, 4)), branch(False, dense(1, 8, 4, trainable=False)))
    summary = summary_of(record)

    assert (summary.total, summary.trainable, summary.non_trainable) == (36, None, None)


def test_branches_with_one_expression_are_symbolic() -> None:
    n = symbol("n", lower=1)
    record = model(branch(True, embedding(1, n, 8)), branch(False, embedding(2, n, 8)))

    assert summary_of(record).expression == "8·n"


def test_branches_with_different_expressions_are_a_range_of_them() -> None:
    n = symbol("n", lower=3)
    record = model(branch(True, embedding(1, n, 8)), branch(False, dense(2, 8, 4)))
    summary = summary_of(record)

    assert (summary.status, summary.expression) == ("range", "8·n or 36")
    assert (summary.total, summary.minimum, summary.maximum) == (None, 24, None)


def test_one_unknown_branch_makes_the_whole_unknown() -> None:
    why = Reason("out of fuel")
    record = model(branch(True, dense(1, 8, 4)), Variant((), reasons=(why,)))
    summary = summary_of(record)

    assert (summary.status, summary.minimum, summary.maximum) == ("unknown", None, None)
    assert [row.layer.name for row in summary.rows] == ["dense"]
    assert summary.reasons == (why,)


def test_conditions_that_change_nothing_are_left_out() -> None:
    def variant(deep: bool, named: bool) -> Variant:
        conditions = (Condition("named", 3, named), Condition("deep", 5, deep))
        return Variant((dense(1, 8, 8 if deep else 4),), conditions=conditions)

    record = model(*(variant(deep, named) for deep in (False, True) for named in (False, True)))

    assert [condition.text for condition in summary_of(record).conditions] == ["deep"]


# -- bytes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dtype", "size"), [("float32", 203_560), ("float16", 101_780), ("int8", 50_890)]
)
def test_size_at_a_dtype(dtype: str, size: int) -> None:
    record = of_layers(dense(1, 784, 64), dense(2, 64, 10))
    summary = summarize(record, Settings(dtype=dtype))

    assert summary.size == size


def test_size_of_a_symbolic_total() -> None:
    words = symbol("n", lower=1)
    summary = summary_of(of_layers(embedding(1, words, 64)))

    assert text(summary.size) == "256·n"


@pytest.mark.parametrize("dtype", DTYPE_BYTES)
def test_size_of_nothing_is_nothing(dtype: str) -> None:
    assert (size_of(0, dtype), size_of(None, dtype)) == (0, None)


# -- bounds hold, whatever the values are -----------------------------------------------------

sizes = st.integers(1, 50)


@given(st.lists(st.tuples(sizes, sizes), max_size=6), st.data())
def test_bounds_hold_for_every_value(layers: list[tuple[int, int]], data: st.DataObject) -> None:
    hidden = data.draw(st.lists(st.booleans(), min_size=len(layers), max_size=len(layers)))
    parts = []
    for key, ((features, units), is_hidden) in enumerate(zip(layers, hidden, strict=True)):
        lower = data.draw(st.integers(1, units))
        shown = symbol(f"u{key}", lower=lower) if is_hidden else units
        parts.append(dense(key + 1, features, shown))
    truth = sum(features * units + units for features, units in layers)

    summary = summary_of(of_layers(*parts))

    assert summary.minimum is None or summary.minimum <= truth
    assert summary.maximum is None or summary.maximum >= truth
    assert summary.total == truth or any(hidden)
