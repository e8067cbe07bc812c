"""Other files of a project: what an import of them gives, and what is never read."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import Summary, summarize

DENSE = "from keras import Input, Sequential\nfrom keras.layers import Dense\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project."""
    (tmp_path / "pyproject.toml").write_text("")
    return tmp_path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))
    return path


def summaries(path: Path, settings: Settings | None = None) -> list[Summary]:
    settings = settings or Settings()
    analysis = analyze(path.read_text(), None, settings, str(path))
    assert analysis.error is None
    return [summarize(model, settings) for model in analysis.models]


def totals(path: Path, settings: Settings | None = None) -> list[object]:
    return [summary.total for summary in summaries(path, settings)]


def main(project: Path, head: str, units: str = "UNITS", name: str = "main.py") -> Path:
    body = f"model = Sequential([Input((4,)), Dense({units})])\n"
    return write(project / name, DENSE + head + "\n" + body)


@pytest.mark.parametrize(
    ("head", "units"),
    [
        ("from config import UNITS", "UNITS"),
        ("from config import UNITS as n", "n"),
        ("import config", "config.UNITS"),
        ("import config as c", "c.UNITS"),
        ("from config import *", "UNITS"),
        ("from config import Config", "Config.units"),
        ("from config import Config", "Config(7).n"),
        ("from config import double", "double(3) + 1"),
        ("from package import UNITS", "UNITS"),
        ("from package.inner import UNITS", "UNITS"),
        ("from package import inner", "inner.UNITS"),
    ],
)
def test_constants_classes_and_functions(project: Path, head: str, units: str) -> None:
    write(
        project / "config.py",
        """
        UNITS = 7
        class Config:
            units = UNITS
            def __init__(self, n):
                self.n = n
        def double(n):
            return 2 * n
        """,
    )
    write(project / "package" / "__init__.py", "from .inner import UNITS\n")
    write(project / "package" / "inner.py", "from config import UNITS\n")
    assert totals(main(project, head, units)) == [4 * 7 + 7]


def test_relative_import(project: Path) -> None:
    write(project / "package" / "__init__.py", "")
    write(project / "package" / "config.py", "UNITS = 3\n")
    path = main(project, "from .config import UNITS", name="package/main.py")
    assert totals(path) == [15]


def test_a_model_of_a_builder_is_reported_where_it_is_called(project: Path) -> None:
    write(
        project / "builder.py",
        DENSE
        + "def build(n):\n    model = Sequential([Input((4,)), Dense(n)])\n    return model\n"
        + "own = build(100)\n",
    )
    path = write(project / "main.py", "import keras\nfrom builder import build\n\nm = build(2)\n")
    analysis = analyze(path.read_text(), None, Settings(), str(path))
    (model,) = analysis.models
    assert analysis.locate(model.site) == (4, 4)
    assert summarize(model, Settings()).total == 10


def test_json_and_toml_files(project: Path) -> None:
    (project / "conf.json").write_text('{"units": [5, {"n": 6}]}')
    head = 'import json\nwith open("conf.json") as f:\n    conf = json.load(f)'
    assert totals(main(project, head, 'conf["units"][1]["n"]')) == [30]


def test_without_the_setting_nothing_is_read(project: Path) -> None:
    write(project / "config.py", "UNITS = 7\n")
    path = main(project, "from config import UNITS")
    (summary,) = summaries(path, Settings(follow_imports=False))
    assert (summary.status, summary.expression) == ("symbolic", "5·UNITS")


def test_without_a_root_nothing_is_read(tmp_path: Path) -> None:
    write(tmp_path / "config.py", "UNITS = 7\n")
    # Only where no directory above is a project's.
    if not any((above / "pyproject.toml").exists() for above in tmp_path.parents):
        (summary,) = summaries(main(tmp_path, "from config import UNITS"))
        assert summary.status == "symbolic"


@pytest.mark.parametrize(
    "config",
    [
        "from main import UNITS\nUNITS = UNITS\n",
        "import config\nUNITS = config.UNITS\n",
        "UNITS = (\n",
        "raise ValueError\nUNITS = 3\n",
        "while True:\n    pass\n",
        "def f():\n    return f()\nUNITS = f()\n",
        "\x00",
        "x = 1  # " + "x" * 500_000,
    ],
)
def test_a_sibling_that_says_nothing_is_harmless(project: Path, config: str) -> None:
    write(project / "config.py", config)
    (summary,) = summaries(main(project, "from config import UNITS"))
    assert summary.status in ("symbolic", "unknown")


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside.py", "UNITS = 7\n")
    inside = tmp_path / "project"
    write(inside / "pyproject.toml", "")
    (inside / "config.py").symlink_to(outside)
    (summary,) = summaries(main(inside, "from config import UNITS"))
    assert summary.status == "symbolic"


def test_nothing_is_executed(project: Path) -> None:
    marker = project / "marker"
    write(project / "config.py", f"open({str(marker)!r}, 'w').write('x')\nUNITS = 2\n")
    assert totals(main(project, "from config import UNITS")) == [10]
    assert not marker.exists()


def test_a_package_is_a_root_of_its_own(tmp_path: Path) -> None:
    """Where no directory above it is marked as a project's; what lies beside it is not read."""
    if any((above / "pyproject.toml").exists() for above in tmp_path.parents):
        return
    write(tmp_path / "outer" / "__init__.py", "")
    write(tmp_path / "outer" / "inner" / "__init__.py", "")
    write(tmp_path / "outer" / "sizes.py", "UNITS = 7\n")
    write(tmp_path / "elsewhere.py", "MORE = 8\n")
    head = "from outer.sizes import UNITS\nfrom elsewhere import MORE"
    path = main(tmp_path, head, "UNITS), Dense(MORE", name="outer/inner/main.py")
    (summary,) = summaries(path)
    assert summary.expression == "8·MORE + 35"


def test_a_file_of_keras_reads_what_lies_beside_it(tmp_path: Path) -> None:
    """Names of Keras that are not known by themselves; what lies elsewhere is left alone."""
    for directory in ("keras", "keras/src", "keras/src/applications", "keras/src/utils"):
        write(tmp_path / directory / "__init__.py", "")
    double = "def double(n):\n    return 2 * n\n"
    write(tmp_path / "keras" / "src" / "applications" / "sizes.py", double)
    write(tmp_path / "keras" / "src" / "utils" / "sizes.py", double)
    name = "keras/src/applications/net.py"
    head = "from keras.src.applications import sizes\nfrom keras.src.utils import sizes as others"
    assert totals(main(tmp_path, head, "sizes.double(3)", name=name)) == [30]
    (summary,) = summaries(main(tmp_path, head, "others.double(3)", name=name))
    assert summary.total != 30


def test_a_package_is_read_as_far_as_it_is_asked_for(project: Path) -> None:
    for number in range(40):
        write(project / f"package/part{number}.py", f"UNITS = {number + 1}\n")
    lines = "".join(f"from .part{n} import UNITS as UNITS{n}\n" for n in range(40))
    write(project / "package/__init__.py", lines + "from .cycle import last, first\n")
    write(
        project / "package/cycle.py",
        """\
        from package import UNITS39, first as itself
        from .part6 import UNITS
        def last():
            return UNITS39 + UNITS
        first = 3
        """,
    )
    head = "from package import UNITS30, last\nimport package"
    path = main(project, head, "UNITS30 + last() + package.UNITS8")
    assert totals(path) == [5 * (31 + 47 + 9)]


def test_models_made_at_one_place_of_this_file_are_told_apart(project: Path) -> None:
    write(
        project / "build.py",
        DENSE
        + """\
def block(n):
    return Sequential([Input((2,)), Dense(n)])
def build():
    first = block(1)
    second = block(2)
    third = Sequential([Input((2,)), Dense(3)])
    return first, second, third
""",
    )
    path = main(project, "from build import build\nparts = build()", "1")
    assert sorted(totals(path)) == [3, 5, 6, 9]
