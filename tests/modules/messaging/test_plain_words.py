"""What a push says of a text that the client would set: the same words, by the samples of both."""

import json
from pathlib import Path

import pytest

from guiju.modules.messaging._plain_words import MOST_READ, plain

SAMPLES = json.loads((Path(__file__).parents[3] / "web/test/plain.json").read_text())


@pytest.mark.parametrize(("text", "words"), SAMPLES)
def test_it_leaves_only_the_words(text: str, words: str) -> None:
    assert plain(text) == words


def test_a_long_text_is_read_from_its_beginning() -> None:
    assert plain("*a " * 9000) == ("*a " * 9000)[:MOST_READ]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text", ["`a" + "`" * 400, "`a" + "``b" * 150, "**a*" * 100, "[a](http://" * 50]
)
def test_marks_that_never_end_are_read_at_once(text: str) -> None:
    assert plain(text) == text
