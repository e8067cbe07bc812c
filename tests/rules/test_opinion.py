"""KPC9xx: matters of taste, off by default."""

from __future__ import annotations

import pytest

from flake8_paramcount.unknown import Unknown
from tests.rules.making import Call, call, findings, sequence

STEPS = (None, 64, 8)
OPINIONS = ("901", "902", "903", "904", "905", "906", "911", "914")
CODES = tuple(f"KPC{digits}" for digits in OPINIONS)
RELU = call("ReLU")


def conv(filters: int, size: object = 3, activation: str | None = "relu") -> Call:
    return call("Conv1D", filters, size, activation=activation)


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([call("BatchNormalization"), call("Dropout", 0.2)], id="901 other order"),
        pytest.param(
            [call("Dropout", 0.2), call("Dense", 8), call("BatchNormalization")], id="901 apart"
        ),
        pytest.param([call("MaxPooling1D"), call("Dropout", 0.2)], id="902 other order"),
        pytest.param([call("Dropout", 0.2), call("AveragePooling1D")], id="902 average"),
        pytest.param([call("Dropout", 0.5)], id="903 half"),
        pytest.param([call("Dropout", Unknown("read", "rate"))], id="903 unknown"),
        pytest.param([call("Dropout", 50)], id="903 no fraction"),
        pytest.param([conv(8), conv(8)], id="904 equal"),
        pytest.param([conv(8), conv(8, 1)], id="904 a single point"),
        pytest.param([conv(8, 5), conv(8, Unknown("read", "k"))], id="904 unknown"),
        pytest.param([conv(8), conv(16)], id="905 growing"),
        pytest.param([conv(16), conv(8, 1)], id="905 a single point"),
        pytest.param([conv(16), call("UpSampling1D"), conv(8)], id="905 upsampled"),
        pytest.param([call("Dense", 16), call("Dense", 8)], id="906 shrinking"),
        pytest.param([call("Dense", 8), call("Dense", 64)], id="906 output"),
        pytest.param(
            [call("Dense", 8, bias_initializer="zeros"), call("Dense", 1)], id="911 zeros"
        ),
        pytest.param(
            [call("Dense", 8, bias_initializer="ones", use_bias=False), call("Dense", 1)],
            id="911 no bias",
        ),
        pytest.param([call("Dense", 8, bias_initializer="ones")], id="911 last layer"),
        pytest.param([call("LSTM", 8)], id="911 forget gate"),
        pytest.param([conv(8, 3, None), RELU, conv(8)], id="914 activation layer"),
        pytest.param([conv(8), conv(8)], id="914 activation inside"),
    ],
)
def test_nothing_to_say(calls: list[Call]) -> None:
    assert findings(sequence(STEPS, *calls), *CODES) == []


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        pytest.param(
            [call("Dropout", 0.2), call("BatchNormalization")],
            (20, "KPC901", "BatchNormalization stands behind Dropout on line 10; swap them"),
            id="901",
        ),
        pytest.param(
            [call("Dropout", 0.2), RELU, call("MaxPooling1D")],
            (30, "KPC902", "MaxPooling1D stands behind Dropout on line 10; swap them"),
            id="902",
        ),
        pytest.param(
            [call("Dropout", 0.8)],
            (10, "KPC903", "Dropout(rate=0.8) drops 80.0 % of what it is fed"),
            id="903",
        ),
        pytest.param(
            [conv(8, 5), call("MaxPooling1D"), conv(8, 3)],
            (30, "KPC904", "Conv1D has a window of 3 behind 5 of Conv1D on line 10"),
            id="904",
        ),
        pytest.param(
            [conv(32), call("BatchNormalization"), conv(16)],
            (30, "KPC905", "Conv1D has 16 filters behind 32 of Conv1D on line 10"),
            id="905",
        ),
        pytest.param(
            [call("Dense", 8), call("Dense", 64), call("Dense", 1)],
            (20, "KPC906", "Dense has 64 units behind 8 of Dense on line 10"),
            id="906",
        ),
        pytest.param(
            [call("Dense", 8, bias_initializer="ones"), call("Dense", 1)],
            (10, "KPC911", "the bias of Dense starts as 'ones', not at zero"),
            id="911",
        ),
        pytest.param(
            [conv(8, 3, None), conv(8)],
            (20, "KPC914", "Conv1D stands on Conv1D on line 10 with no activation between"),
            id="914",
        ),
    ],
)
def test_opinion(calls: list[Call], expected: tuple[int, str, str]) -> None:
    assert findings(sequence(STEPS, *calls), *CODES) == [expected]
