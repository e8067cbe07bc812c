"""`python -m flake8_paramcount`: the `paramcount` command."""

from __future__ import annotations

import sys

from flake8_paramcount.cli import main

if __name__ == "__main__":
    sys.exit(main())
