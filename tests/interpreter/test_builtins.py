"""Built-in and library functions against Python's own, and what must stay unknown."""

from __future__ import annotations

import functools
import itertools
import math
import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_paramcount import dims
from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.values import Choice, Qualified
from flake8_paramcount.unknown import Unknown
from tests.interpreter.evaluated import evaluated, plain, value_of

IMPORTS = "import copy, functools, itertools, math, operator, os, random"

NAMES = {
    "functools": functools,
    "itertools": itertools,
    "math": math,
    "operator": operator,
}

EXPRESSIONS = [
    "len([1, 2, 3])",
    "len('layer')",
    "len({'a': 1, 'b': 2})",
    "len(range(10**12))",
    "len((1, (2, 3)))",
    "range(3, 10, 2)",
    "int('12') + int(3.9) + int()",
    "int('ff', 16)",
    "int(-2.5)",
    "float('1e3')",
    "float(7)",
    "round(2.675, 2)",
    "round(2.5)",
    "round(-3.5)",
    "abs(-4)",
    "bool([])",
    "bool('x')",
    "divmod(17, 5)",
    "pow(2, 10)",
    "pow(3, 4, 5)",
    "pow(2, -1)",
    "max(3, 4, 2)",
    "max([3, 9, 2])",
    "max(['a', 'bbb'], key=len)",
    "max([], default=7)",
    "min(3, 4.5)",
    "sum([1, 2, 3])",
    "sum([1, 2], 10)",
    "sum(n * n for n in range(5))",
    "any([0, '', 3])",
    "all([1, 'x', 0])",
    "list(range(4))",
    "list('abc')",
    "tuple([1, [2]])",
    "set([1, 1, 2])",
    "dict(a=1, b=2)",
    "dict([('a', 1), ('b', 2)], c=3)",
    "dict(zip('ab', (1, 2)))",
    "list(zip([1, 2, 3], 'ab'))",
    "list(enumerate(['a', 'b'], 1))",
    "list(enumerate('ab', start=5))",
    "list(reversed([1, 2, 3]))",
    "sorted([3, 1, 2])",
    "sorted(['bb', 'a'], key=len, reverse=True)",
    "sorted({3, 1})",
    "list(map(lambda n: n * 2, [1, 2]))",
    "list(map(max, [1, 5], [4, 2]))",
    "list(filter(None, [0, 1, 2]))",
    "list(filter(lambda n: n > 1, [0, 1, 2]))",
    "next(iter([4, 5]))",
    "next(iter([]), 'none')",
    "isinstance(3, int)",
    "isinstance(True, int)",
    "isinstance('x', (int, str))",
    "isinstance([], list)",
    "isinstance(3.0, int)",
    "isinstance((1,), (list, tuple))",
    "callable(len) or True",
    "callable(3)",
    "str(12) + str('x') + str(1.5)",
    "repr('x')",
    "format(3.14159, '.2f')",
    "chr(97) + str(ord('a'))",
    "'layer_{}'.format(3)",
    "'{name}_{0:03d}'.format(7, name='conv')",
    "', '.join(['a', 'b'])",
    "'a b  c'.split()",
    "'a,b,c'.split(',', 1)",
    "'a,b'.partition(',')",
    "'Conv'.lower() + 'Conv'.upper() + ' x '.strip()",
    "'conv1'.replace('1', '2').startswith('conv')",
    "'x'.zfill(3) + 'x'.ljust(3) + 'x'.center(4, '-')",
    "'12'.isdigit()",
    "'abc'.find('c')",
    "[1, 2, 2].count(2)",
    "[1, 2, 3].index(3)",
    "math.ceil(7 / 2)",
    "math.floor(-7 / 2)",
    "math.sqrt(16)",
    "math.log(8, 2)",
    "math.log2(1024)",
    "math.pow(2, 3)",
    "math.prod([2, 3, 4])",
    "math.gcd(12, 18)",
    "math.isqrt(17)",
    "math.factorial(5)",
    "math.comb(5, 2)",
    "operator.mul(6, 7)",
    "operator.itemgetter(1)([4, 5])",
    "list(itertools.product([1, 2], 'ab'))",
    "list(itertools.product([0, 1], repeat=2))",
    "list(itertools.chain([1], (2, 3)))",
    "list(itertools.chain.from_iterable([[1], [2]]))",
    "list(itertools.repeat(8, 3))",
    "list(itertools.accumulate([1, 2, 3]))",
    "list(itertools.accumulate([1, 2, 3], lambda a, b: a * b))",
    "list(itertools.zip_longest([1, 2], [3], fillvalue=0))",
    "list(itertools.islice([1, 2, 3, 4], 1, 3))",
    "list(itertools.combinations([1, 2, 3], 2))",
    "list(itertools.permutations([1, 2, 3], 2))",
    "list(itertools.starmap(pow, [(2, 3), (3, 2)]))",
    "functools.reduce(lambda a, b: a * b, [1, 2, 3, 4])",
    "functools.reduce(operator.add, [1, 2], 10)",
    "functools.partial(pow, 2)(5)",
    "functools.partial(int, base=2)('101')",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_functions_give_what_python_gives(expression: str) -> None:
    expected = eval(expression, dict(NAMES))  # the tests' own expressions, above
    found = value_of(expression, IMPORTS)
    assert found == expected
    assert type(found) is type(expected)


UNKNOWN = [
    "max(n, 3)",
    "int(n)",
    "round(n / 2)",
    "math.ceil(n / 32)",
    "sorted(names)",
    "os.environ.get('UNITS', 32)",
    "os.getenv('UNITS', '32')",
    "random.randint(1, 5)",
    "'{}'.format(n)",
    "'%s'.join([n])",
    "next(iter([]))",
    "int('many')",
    "int('1' * 500)",
    "pow(10, 10**9)",
    "math.factorial(10**6)",
    "'x'.ljust(10**9)",
    "'{:999999999}'.format(1)",
    "'x'.join(['y' * 10000, 'z'])",
    "list(range(10**12))",
    "list(itertools.product(range(1000), repeat=5))",
    "list(itertools.repeat(1))",
    "isinstance(n, int)",
    "hasattr(n, 'x')",
    "getattr(n, 'x', 3)",
    "id(3)",
    "hash('x')",
    "input()",
    "max()",
    "len(3)",
    "sum(['a'])",
    "min(1, 'a')",
]


@pytest.mark.parametrize("expression", UNKNOWN)
def test_what_cannot_be_known_is_unknown_under_its_own_text(expression: str) -> None:
    found = value_of(expression, IMPORTS)
    assert isinstance(found, Unknown)
    assert found.text is not None


def test_a_function_of_an_unknown_is_not_that_unknown() -> None:
    values = evaluated("n = config()\na = max(n, 3)\nb = max(n, 3)\nc = max(n, 4)\n")
    assert values["a"] is not values["n"]
    assert values["a"] is values["b"]
    assert values["a"] is not values["c"]


def test_random_numbers_differ_each_time() -> None:
    values = evaluated("import random\na = random.randint(1, n)\nb = random.randint(1, n)\n")
    assert values["a"] is not values["b"]


def test_the_length_of_an_unknown_is_a_symbol_that_is_not_negative() -> None:
    values = evaluated("a = len(words)\nb = len(words) + 1\n")
    assert isinstance(values["a"], Poly)
    assert dims.text(values["b"]) == "len(words) + 1"
    assert dims.less(values["a"], values["b"])
    assert dims.bounds(values["a"])[0] == 0


def test_symbols_go_through_functions_of_integers() -> None:
    before = "n = len(words)"
    assert dims.text(value_of("int(n) * 2", before)) == "2·len(words)"
    assert dims.text(value_of("sum([n, n, 1])", before)) == "2·len(words) + 1"
    assert value_of("max(n, n + 1) - n", before) == 1
    assert value_of("min(n, -1)", before) == -1
    assert value_of("divmod(4 * n, 2)[0] - 2 * n", before) == 0


@pytest.mark.parametrize(
    "expression",
    [
        "list(filter(f, [1, 2, 3]))",
        "list(filter(lambda n: f(n) > 1, [1, 2, 3]))",
        "list(filter(lambda n: 1 if f(n) else 0, range(50)))",
        "any([f(n) for n in range(50)])",
        "sorted([1, 2], key=lambda n: 1 if f(n) else 0)",
        "max([1, 2], key=f)",
    ],
)
def test_tests_of_what_is_not_known_end_soon_and_leave_the_rest(expression: str) -> None:
    values = evaluated(f"a = {expression}\nb = 3\n")
    assert isinstance(values["a"], (Unknown, Choice, list))
    assert values["b"] == 3


def test_names_from_elsewhere_are_what_they_stand_for() -> None:
    source = """
import math
from config import UNITS, words
a = max(UNITS, 3)
b = len(words) + 1
c = round(math.pi, 2)
d = max(UNITS, 3)
"""
    values = evaluated(source)
    assert values["a"].text == "max(UNITS, 3)"
    assert values["a"] is values["d"]
    assert dims.text(values["b"]) == "len(words) + 1"
    assert dims.bounds(values["b"]) == (1, None)
    assert values["c"] == 3.14


def test_choices_go_through_map() -> None:
    values = evaluated("a = list(map(lambda n: n if f(n) else 0, [1, 2]))\nb = len(a)\n")
    assert values["b"] == 2


def test_a_setting_states_a_length() -> None:
    assert value_of("len(words) + 1", assume={"len(words)": 9}) == 10


def test_sort_keeps_the_list_and_loses_an_order_that_is_not_known() -> None:
    values = evaluated("a = [1, 3]\nb = a\na.sort(reverse=True)\nc = [n, 1]\nc.sort()\nd = len(c)")
    assert values["b"] == [3, 1]
    assert isinstance(values["d"], (Unknown, Poly))


def test_copies_are_apart_and_deep_ones_deeper() -> None:
    source = """
import copy
inner = [1]
whole = [inner, {"a": inner}]
shallow = copy.copy(whole)
deep = copy.deepcopy(whole)
inner.append(2)
"""
    values = evaluated(source)
    assert values["shallow"] == [[1, 2], {"a": [1, 2]}]
    assert values["deep"] == [[1], {"a": [1]}]


def test_attributes_by_name() -> None:
    source = """
class Config:
    units = 32
config = Config()
setattr(config, "rate", 3)
a = getattr(config, "units")
b = config.rate
"""
    values = evaluated(source)
    assert (values["a"], values["b"]) == (32, 3)


def test_the_type_of_an_instance_is_its_class() -> None:
    source = """
class Base: pass
class Model(Base): pass
m = Model()
same = type(m) is Model
base = isinstance(m, Base)
number = isinstance(m, int)
"""
    values = evaluated(source)
    assert (values["same"], values["base"], values["number"]) == (True, True, False)


def test_shuffled_lists_lose_their_order() -> None:
    values = evaluated("import random\na = [1, 2]\nrandom.shuffle(a)\nb = a[0]\n")
    assert isinstance(values["b"], Unknown)


def test_options_evaluate_to_their_defaults() -> None:
    source = """
import argparse
parser = argparse.ArgumentParser(description="train")
parser.add_argument("--units", type=int, default=32)
parser.add_argument("-d", "--drop-rate", type=float, default="0.5")
parser.add_argument("--bias", action="store_true")
parser.add_argument("--steps", type=int)
parser.add_argument("path", default="x")
group = parser.add_argument_group("more")
group.add_argument("--depth", dest="layers", default=3)
args = parser.parse_args()
known, rest = parser.parse_known_args()
units, rate, bias, layers = args.units, args.drop_rate, args.bias, args.layers
steps, path, again = args.steps, args.path, known.units
"""
    values = evaluated(source)
    assert [values[name] for name in ("units", "rate", "bias", "layers", "again")] == [
        32,
        0.5,
        False,
        3,
        32,
    ]
    assert values["steps"].text == "args.steps"
    assert isinstance(values["path"], Unknown)


def test_command_lines_of_other_libraries() -> None:
    source = """
import click, typer
from absl import flags
flags.DEFINE_integer("units", 32, "how many")
flags.DEFINE_list("sizes", "a,b", "which")
FLAGS = flags.FLAGS
a, b, c = FLAGS.units, FLAGS.sizes, FLAGS.other
@click.command()
@click.option("--units", "-u", default="16", type=int)
@click.option("--deep/--flat")
@click.option("--drop-rate", "rate", default=0.5)
@click.option("--steps")
@click.argument("path")
def main(units, deep, rate, steps, path):
    return units, deep, rate, steps, path
d = main()
def train(n: int = typer.Option(7, "--n"), m: int = typer.Option(...)):
    return n, m
e = train()
"""
    values = evaluated(source)
    assert (values["a"], values["b"]) == (32, ["a", "b"])
    assert isinstance(values["c"], (Unknown, Qualified))
    assert values["d"][:3] == (16, False, 0.5)
    assert all(isinstance(value, Unknown) for value in values["d"][3:])
    assert values["e"][0] == 7
    assert isinstance(values["e"][1], Unknown)


NUMBERS = st.integers(-20, 20) | st.floats(-20, 20).map(lambda x: round(x, 2))


@given(st.lists(NUMBERS, min_size=1, max_size=5), st.sampled_from(["max", "min", "sum", "sorted"]))
def test_lists_of_numbers(numbers: list[Any], function: str) -> None:
    expression = f"{function}({numbers!r})"
    assert plain(value_of(expression)) == eval(expression)


@given(
    st.text(alphabet="aB c,_1", max_size=8),
    st.sampled_from(
        ["upper()", "split()", "split(',')", "strip()", "title()", "replace('a', 'bb')"]
    ),
)
def test_methods_of_texts(text: str, method: str) -> None:
    expression = f"{text!r}.{method}"
    assert value_of(expression) == eval(expression)
