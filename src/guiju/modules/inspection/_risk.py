"""A number for how much a text resembles texts that people refused: weights of character n-grams.

Logistic regression over the presence of n-grams of one to three characters of the stripped text
(the baseline of J. Deng et al., COLD: A Benchmark for Chinese Offensive Language Detection, 2022,
is of this family). N-grams are hashed to buckets, so that a model is an array and holds no text.
Training is in `_risk_training.py`; nothing here needs more than the standard library and msgspec.

The score knows no facts: it raises a review and MUST NOT do more. `types.RiskRule` has no
disposition of its own for that reason.
"""

import functools
import hashlib
import itertools
import math
import zlib
from array import array
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import msgspec

from guiju.modules.inspection._fold import strip
from guiju.modules.inspection.types import BadRiskModelError, RiskModel, RiskRule

BITS = 19
_FORMAT = 1
_MOST_BITS = 20
# Multiplicative hashing (Knuth, TAOCP 3, 6.4) with 2^32 divided by the golden ratio, made odd.
_FACTOR = 0x9E3779B1
_MASK = 0xFFFFFFFF
# Training texts have 48 characters on average, 200 at most: a long text is read in such pieces,
# and its score is that of the worst, so that harmless pages around a sentence do not dilute it.
WINDOW = 200
# Enough for 4,000 characters; of a longer text this many pieces are read, evenly spread.
MOST_WINDOWS = 20
# Less than this says nothing: single characters would decide.
SHORTEST = 2


class RiskHit(NamedTuple):
    """A text whose score reached the threshold of a rule; the whole text is what was found."""

    rule: int
    score: float


class _Stored(msgspec.Struct, forbid_unknown_fields=True):
    """A model file, as MessagePack. `weights`: zlib of one signed byte a bucket; times `scale`."""

    format: int
    bits: int
    scale: float
    bias: float
    about: str
    weights: bytes


def buckets(stripped: str, bits: int) -> set[int]:
    """The buckets of all n-grams of one to three characters of a stripped text."""
    shift = 32 - bits
    found: set[int] = set()
    add = found.add
    one = two = 0
    # A mark before the first character, so that beginnings are n-grams of their own.
    for code in map(ord, f"\x02{stripped}"):
        three = (two + code) * _FACTOR & _MASK
        two = (one + code) * _FACTOR & _MASK
        one = code * _FACTOR & _MASK
        add(one >> shift)
        add(two >> shift)
        add(three >> shift)
    return found


def score(model: RiskModel, stripped: str) -> float:
    """The probability, as the model has learned it, that people would refuse the text: 0 to 1.

    It is calibrated on the training texts, of which half were refused, not on everyday talk.
    """
    if len(stripped) < SHORTEST:
        return 0.0
    worst = max(_raw(model, piece) for piece in _pieces(stripped))
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, worst))))


def _raw(model: RiskModel, stripped: str) -> float:
    found = buckets(stripped, model.bits)
    total = sum(map(model.weights.__getitem__, found))
    return model.bias + model.scale * total / math.sqrt(len(found))


def _pieces(stripped: str) -> Iterator[str]:
    size = len(stripped)
    count = -(-size // WINDOW)
    if count <= MOST_WINDOWS:
        # Pieces of equal length: a last piece of a few characters would decide alone.
        starts = [size * number // count for number in range(count + 1)]
        yield from (stripped[a:b] for a, b in itertools.pairwise(starts))
        return
    step = (size - WINDOW) / (MOST_WINDOWS - 1)
    for number in range(MOST_WINDOWS):
        start = int(number * step)
        yield stripped[start : start + WINDOW]


class RiskIndex:
    """All risk rules of a rule set; a text is scored once for each model."""

    def __init__(self, rules: list[tuple[int, RiskRule]]) -> None:
        """`rules` come with their number."""
        self._rules = rules

    def __bool__(self) -> bool:
        return bool(self._rules)

    def find(self, text: str) -> Iterator[RiskHit]:
        """Which rules the score of the text reaches."""
        stripped = strip(text)
        scores: dict[str, float] = {}
        for number, rule in self._rules:
            digest = rule.model.digest
            if digest not in scores:
                scores[digest] = score(rule.model, stripped)
            if scores[digest] >= rule.threshold:
                yield RiskHit(number, scores[digest])


def to_bytes(weights: list[int], *, bits: int, scale: float, bias: float, about: str) -> bytes:
    """A model file. `weights` are -127 to 127, one a bucket."""
    assert len(weights) == 1 << bits, "one weight a bucket"
    packed = zlib.compress(bytes(weight & 0xFF for weight in weights), 9)
    return msgspec.msgpack.encode(_Stored(_FORMAT, bits, scale, bias, about, packed))


_decode = msgspec.msgpack.Decoder(_Stored).decode


def read_model(content: bytes) -> RiskModel:
    """A model from a file's bytes. Raises `BadRiskModelError` with the reason."""
    try:
        stored = _decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError) as reason:
        raise BadRiskModelError("not a risk model", reason=str(reason)[:200]) from reason
    if stored.format != _FORMAT or not 8 <= stored.bits <= _MOST_BITS:
        raise BadRiskModelError(
            "a risk model of another format", format=stored.format, bits=stored.bits
        )
    if not (math.isfinite(stored.scale) and math.isfinite(stored.bias)):
        raise BadRiskModelError("the numbers of a risk model are finite")
    size = 1 << stored.bits
    opened = zlib.decompressobj()
    try:
        weights = opened.decompress(stored.weights, size + 1)
    except zlib.error as reason:
        raise BadRiskModelError("the weights are damaged", reason=str(reason)) from reason
    if len(weights) != size or not opened.eof:
        raise BadRiskModelError("a risk model has one weight a bucket", expected=size)
    return RiskModel(
        hashlib.sha256(content).hexdigest(),
        stored.bits,
        stored.scale,
        stored.bias,
        stored.about,
        array("b", weights),
    )


def read_risk_model(path: Path) -> RiskModel:
    """A model from a file. Raises `BadRiskModelError`, also for a file that cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as reason:
        raise BadRiskModelError("the risk model cannot be read", reason=str(reason)) from reason
    return read_model(content)


@functools.cache
def shipped_model() -> RiskModel:
    """The model that comes with the product; `risk_model.NOTICE` says what it was trained on."""
    file = resources.files("guiju.modules.inspection").joinpath("risk_model.bin")
    return read_model(file.read_bytes())
