"""Test data that is not part of the project: absent data fails in CI and is loud elsewhere."""

import os
import warnings
from pathlib import Path

import pytest


def left_out(path: Path) -> None:
    """Fail or skip a test whose data does not exist."""
    message = f"LEFT OUT: tests that read {path}, which does not exist (GUIJU_CORPUS names the folder of test data)"
    if os.environ.get("CI"):
        pytest.fail(message)
    warnings.warn(message, stacklevel=2)
    pytest.skip(message)


def read_beside(corpus: Path, name: str) -> str:
    """A text that lies beside the folder of test data."""
    path = corpus.parent / name
    if not path.is_file():
        left_out(path)
    return path.read_text(encoding="utf-8")
