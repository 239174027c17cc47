"""Training of the risk score, and the measuring of its errors on texts that it has not seen.

Needs scikit-learn (the extra `train`); the product in service does not. The model's rates are
always those of held-out texts: the examples are split in halves, each half is judged by a model of
the other half, and only then is the model that is kept trained on all of them.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guiju.modules.inspection._fold import strip
from guiju.modules.inspection._risk import BITS, buckets, read_model, score, to_bytes
from guiju.modules.inspection.types import (
    BadCaseError,
    RiskModel,
    TooFewExamplesError,
    TrainingNotInstalledError,
)

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95)
# Of each sort. With fewer, the rates of the halves are noise: ±7 % at 200.
FEWEST = 200
# The inverse of regularisation: 4 to 32 give the same within 0.5 % of F1 on the shipped texts.
_STRENGTH = 16.0
_LARGEST = 127


@dataclass(frozen=True, slots=True)
class Example:
    """A text that people judged; `refused` is what a review should find."""

    text: str
    refused: bool


@dataclass(frozen=True, slots=True)
class Rates:
    """What a threshold does on held-out texts, as shares of 1.

    `flagged` is the share of ordinary texts, by the name of their set, that would be held.
    """

    threshold: float
    precision: float
    recall: float
    f1: float
    flagged: dict[str, float]


@dataclass(frozen=True, slots=True)
class Trained:
    """A model file's bytes, and its rates on texts that it had not seen."""

    content: bytes
    examples: int
    refused: int
    rates: tuple[Rates, ...]
    best_f1: float
    best_threshold: float

    def to_json(self) -> dict[str, Any]:
        """The report without the weights."""
        return {
            "examples": self.examples,
            "refused": self.refused,
            "best_f1": round(self.best_f1, 4),
            "best_threshold": round(self.best_threshold, 3),
            "bytes": len(self.content),
            "digest": hashlib.sha256(self.content).hexdigest(),
            "rates": [
                {
                    "threshold": one.threshold,
                    "precision": round(one.precision, 4),
                    "recall": round(one.recall, 4),
                    "f1": round(one.f1, 4),
                    "flagged": {name: round(share, 5) for name, share in one.flagged.items()},
                }
                for one in self.rates
            ],
        }


def train(
    examples: Sequence[Example],
    *,
    harmless: Sequence[str] = (),
    ordinary: Mapping[str, Sequence[str]] | None = None,
    about: str = "",
) -> Trained:
    """A model of judged texts, and its rates.

    `harmless` texts are trained on as texts that nobody refuses, and stay out of precision and
    recall, whose mixture of sorts is that of `examples`. `ordinary` texts are never trained on:
    they only say how much of everyday talk a threshold would hold. The same input gives the same
    model. Raises `TooFewExamplesError`, `TrainingNotInstalledError`.
    """
    refused = sum(one.refused for one in examples)
    if min(refused, len(examples) - refused) < FEWEST:
        raise TooFewExamplesError(
            "a risk score needs more examples of both sorts",
            refused=refused, passed=len(examples) - refused, needed=FEWEST,
        )  # fmt: skip
    halves: tuple[list[Example], list[Example]] = ([], [])
    for one in examples:
        halves[_half(one.text)].append(one)
    calm: tuple[list[str], list[str]] = ([], [])
    for text in harmless:
        calm[_half(text)].append(text)
    judged: list[tuple[float, bool]] = []
    shares: dict[str, list[float]] = {name: [] for name in ordinary or {}}
    if harmless:
        shares["harmless, held out"] = []
    for side in (0, 1):
        model = read_model(_fitted(halves[1 - side], calm[1 - side], about))
        judged += [(_score(model, one.text), one.refused) for one in halves[side]]
        for name, texts in (ordinary or {}).items():
            shares[name] += [_score(model, text) for text in texts]
        if harmless:
            shares["harmless, held out"] += [_score(model, text) for text in calm[side]]
    best_f1, best = max((_rates(judged, step / 100, {}).f1, step / 100) for step in range(5, 96))
    return Trained(
        _fitted(examples, harmless, about),
        len(examples),
        refused,
        tuple(_rates(judged, threshold, shares) for threshold in THRESHOLDS),
        best_f1,
        best,
    )


def _half(text: str) -> int:
    """The half by the text itself: a text that stands twice is never on both sides."""
    return hashlib.sha256(strip(text).encode("utf-8", "replace")).digest()[0] & 1


def _score(model: RiskModel, text: str) -> float:
    return score(model, strip(text))


def _rates(
    judged: Sequence[tuple[float, bool]], threshold: float, shares: dict[str, list[float]]
) -> Rates:
    right = sum(refused for value, refused in judged if value >= threshold)
    flagged = sum(value >= threshold for value, _ in judged)
    wanted = sum(refused for _, refused in judged)
    precision = right / flagged if flagged else 0.0
    recall = right / wanted if wanted else 0.0
    both = precision + recall
    return Rates(
        threshold,
        precision,
        recall,
        2 * precision * recall / both if both else 0.0,
        {
            name: sum(value >= threshold for value in values) / len(values) if values else 0.0
            for name, values in shares.items()
        },
    )


def _fitted(examples: Sequence[Example], harmless: Sequence[str], about: str) -> bytes:
    """The file of a model fitted to these texts, its weights rounded to signed bytes."""
    try:
        import numpy as np  # noqa: PLC0415  # comes with the extra that only training needs
        from scipy.sparse import csr_matrix  # noqa: PLC0415  # the same
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # the same
    except ImportError as reason:
        raise TrainingNotInstalledError(
            "training needs scikit-learn: install guiju[train]", missing=str(reason.name)
        ) from reason
    texts = [one.text for one in examples] + list(harmless)
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for text in texts:
        found = sorted(buckets(strip(text)[:1000], BITS))
        columns += found
        values += [1 / math.sqrt(len(found))] * len(found)
        ends.append(len(columns))
    matrix = csr_matrix((values, columns, ends), shape=(len(texts), 1 << BITS))
    sorts = np.array([one.refused for one in examples] + [False] * len(harmless), dtype=np.int8)
    fitted = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0)
    fitted.fit(matrix, sorts)
    weights = fitted.coef_[0]
    scale = float(max(abs(weights).max(), 1e-9)) / _LARGEST
    rounded = [int(weight) for weight in np.rint(weights / scale)]
    return to_bytes(rounded, bits=BITS, scale=scale, bias=float(fitted.intercept_[0]), about=about)


def read_examples(path: Path) -> Iterator[Example]:
    """Examples of a file: a line `{"text", "label"}` each, label 1 where people refused the text.

    Raises `BadCaseError` with the line, `OSError`.
    """
    for number, value in _objects(path):
        text, label = value.get("text"), value.get("label")
        if not isinstance(text, str) or label not in (0, 1, True, False):
            raise BadCaseError("`text` and `label` 0 or 1 are needed", file=path.name, line=number)
        yield Example(text, bool(label))


def read_texts(path: Path) -> Iterator[str]:
    """The texts of a file of lines `{"text"}`. Raises `BadCaseError` with the line, `OSError`."""
    for number, value in _objects(path):
        text = value.get("text")
        if not isinstance(text, str):
            raise BadCaseError("`text` must be a text", file=path.name, line=number, field="text")
        yield text


def _objects(path: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except ValueError as reason:
                raise BadCaseError("not a JSON line", file=path.name, line=number) from reason
            if not isinstance(value, dict):
                raise BadCaseError("not a JSON object", file=path.name, line=number)
            yield number, value
