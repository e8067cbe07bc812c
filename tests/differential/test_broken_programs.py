"""Programs that are sound, and ones that a single change may have broken: what the real Keras says
of them, and whether our findings stand where its error comes from.

Keras' error comes from a layer; the innermost of those that the program makes is blamed, or one
that it is wrapped in, at the place of its constructor's call. That is where findings stand, also
where the layer is called elsewhere (KPC402 too: it stands at the layer that needs a sequence, and
names the recurrent layer that gives none). Where no layer is to blame it is the failing call.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_paramcount.analysis import report_on
from flake8_paramcount.codes import CODES
from flake8_paramcount.rules import Finding
from flake8_paramcount.settings import Settings
from tests.differential.broken_programs import (
    SOUND,
    Break,
    breaks,
    method,
    styles,
    subclassed,
    trained,
    write,
    written,
)
from tests.differential.program_truth import truth

CODES_ON = frozenset(code for code, entry in CODES.items() if entry.default == "on")
DEFAULT = Settings(codes=CODES_ON)
KERAS_3 = Settings(codes=CODES_ON, keras=3)
"""The generation is stated: else nothing is said of what Keras 2 may take."""

CLAIMS = frozenset(
    "KPC208 KPC307 KPC308 KPC309 KPC310 KPC318 KPC401 KPC402 KPC403 KPC404 KPC405 KPC406".split()
)
"""The rules whose pages say that Keras raises."""

ARTEFACTS = (
    "executing_eagerly",  # the stand-in for TensorFlow, which layers of preprocessing ask
    "index -2147483648",  # an Embedding on the numbers that the numpy backend tries a model with
    "stateless scope",  # a stateful layer in a model of the program, tried likewise
    "backend numpy",
    "the numpy backend",
    "TensorFlow backend",
    "out of bounds for uint32",
)
"""What Keras says where its numpy backend fails, and no other does."""

MARK = "# found"
"""Ends the line of a program by hand where our finding is to stand, and Keras has another:

the second layer of a name is where to mend it, not the model that cannot be made; and data that do
not fit a model are the call's fault, not the first layer's.
"""


def by_hand() -> Iterator[tuple[str, str]]:
    """The programs by name: `### name` begins one, behind a head that all share."""
    path = Path(__file__).with_name("broken_programs_by_hand.txt")
    head, *cases = path.read_text(encoding="utf-8").split("### ")
    for case in cases:
        name, _, text = case.partition("\n")
        yield name, head + text


BY_HAND = dict(by_hand())

PER_KIND = 1
EXAMPLES = 100


class Verdict(NamedTuple):
    """What became of a program: `refused` is Keras' error, and `places` are the lines it blames."""

    source: str
    refused: str | None
    places: frozenset[int]
    findings: tuple[Finding, ...]

    @property
    def found(self) -> bool:
        return any(finding.line in self.places for finding in self.findings)

    @property
    def claims(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.code in CLAIMS]

    def __str__(self) -> str:
        lines = [f"{each.line}: {each.code} {each.message}" for each in self.findings]
        says = f"Keras blames {sorted(self.places)}: {self.refused}" if self.refused else "accepted"
        return "\n".join([self.source, says, *lines])


def judged(source: str, options: Settings = KERAS_3) -> Verdict | None:
    """The verdict on a program; None where only the backend fails."""
    real = truth(source)
    if real["raised"] and any(text in real["raised"] for text in ARTEFACTS):
        return None
    report = report_on(source, None, options, "program.py")
    assert report.error is None, source
    layers = [each for each in real["blamed"] if each["class"]] or real["blamed"]
    places = frozenset(each["place"][0] for each in layers)
    return Verdict(source, real["raised"], places, report.findings)


class Tally:
    """How many programs of each kind were refused, and found."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.accepted = 0
        self.misses: list[str] = []

    def add(self, broken: Break, verdict: Verdict | None) -> None:
        if verdict is None:
            return
        if verdict.refused is None:
            self.accepted += 1
            assert not verdict.claims, f"{broken.kind}: {broken.what}\n{verdict}"
            return
        self.refused[broken.kind] += 1
        self.found[broken.kind] += verdict.found
        if not verdict.found:
            self.misses.append(f"{broken.kind}: {broken.what}: {verdict.refused[:150]!r}")

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {self.found[kind]} of {n}" for kind, n in self.refused.items())
        counts = f"{self.found.total()} of {self.refused.total()} refused programs found"
        return "\n".join([f"{counts}, {self.accepted} accepted: {kinds}", *self.misses])

    def check(self) -> None:
        print(self)
        assert self.refused.total() > self.accepted / 2 > 10
        assert self.found.total() >= 0.95 * self.refused.total(), str(self)


@pytest.fixture(autouse=True)
def _reraise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAMCOUNT_RERAISE", "1")


def grid() -> Iterator[tuple[Break, str]]:
    """For each sound program breaks of each kind, in one style after the other."""
    rng = random.Random(5)
    for program in SOUND.values():
        kinds: dict[str, list[Break]] = defaultdict(list)
        for each in breaks(program):
            kinds[each.kind].append(each)
        style = cycle(rng.sample(styles(program), len(styles(program))))
        for found in kinds.values():
            for each in rng.sample(found, min(PER_KIND, len(found))):
                broad = rng.random() < 0.3
                yield each, write(each.program, next(style), broad=broad)


def test_broken_programs_of_the_grid() -> None:
    tally = Tally()
    for broken, source in grid():
        tally.add(broken, judged(source))
    tally.check()


BREAKS = st.sampled_from(sorted(SOUND)).flatmap(lambda name: st.sampled_from(breaks(SOUND[name])))


def test_broken_programs_of_hypothesis() -> None:
    tally = Tally()

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
    @given(BREAKS, st.data())
    def check(broken: Break, data: st.DataObject) -> None:
        source = written(broken.program, lambda options: data.draw(st.sampled_from(options)))
        tally.add(broken, judged(source))

    check()
    tally.check()


@pytest.mark.parametrize("name", BY_HAND)
def test_broken_program_by_hand(name: str) -> None:
    """Keras refuses it, and there is a finding where it should be."""
    source = BY_HAND[name]
    verdict = judged(source)
    assert verdict is not None
    assert verdict.refused
    marked = [line for line, text in enumerate(source.split("\n"), 1) if text.endswith(MARK)]
    places = marked or verdict.places
    assert any(finding.line in places for finding in verdict.findings), str(verdict)


@pytest.mark.parametrize("name", SOUND)
def test_sound_programs_give_no_findings(name: str) -> None:
    """No finding of any default rule, whatever the style, and with the training that fits."""
    program = SOUND[name]
    rng = random.Random(name)
    options = [style for style in styles(program) if style is not method]
    if program[1].given is None:
        options.remove(subclassed)  # `fit` gives it one argument
    for style in rng.sample(options, 3):
        source = trained(write(program, style), program, sparse=rng.random() < 0.5)
        verdict = judged(source, DEFAULT)
        assert verdict is None or not (verdict.refused or verdict.findings), str(verdict)
