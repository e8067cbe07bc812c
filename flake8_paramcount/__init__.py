"""Counts the parameters of Keras models from source text alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from flake8_paramcount.analysis import Report
    from flake8_paramcount.settings import Settings

__version__ = "0.1.0"
__all__ = ["__version__", "analyze"]


def analyze(
    source: str,
    settings: Settings | Mapping[str, Any] | None = None,
    filename: str = "<string>",
) -> Report:
    """Find and count the models of a source text, and check them against the rules.

    The source is read, never imported or run. Settings may be given as a mapping from their
    names to values or to texts such as `"5M"`; a wrong one raises `ValueError`. A source that
    cannot be analysed gives a report whose `error` says why.
    """
    from flake8_paramcount.analysis import report_on
    from flake8_paramcount.settings import Settings

    if settings is None:
        settings = Settings()
    elif not isinstance(settings, Settings):
        from flake8_paramcount.validation import validated

        settings = validated(settings)
    return report_on(source, None, settings, filename)
