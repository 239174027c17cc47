"""The risk score: the model's file, the scoring, the training, and that it raises a review only."""

import dataclasses
import json
import math
import random
import sys
import time
import zlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guiju.modules.inspection import _risk, service
from guiju.modules.inspection._fold import strip
from guiju.modules.inspection.risk_training import (
    FEWEST,
    Example,
    read_examples,
    read_texts,
    train,
)
from guiju.modules.inspection.types import (
    BadCaseError,
    BadRiskModelError,
    BadThresholdError,
    Disposition,
    RiskModel,
    RiskRule,
    TermRule,
    TooFewExamplesError,
    TrainingNotInstalledError,
)

USE = "6.7/messaging.risk"


def model(**weights: int) -> RiskModel:
    """A model that knows these characters; `bias` is far on the side of passing."""
    values = [0] * (1 << _risk.BITS)
    for word, weight in weights.items():
        for bucket in _risk.buckets(word, _risk.BITS) - _risk.buckets("", _risk.BITS):
            values[bucket] = weight
    content = _risk.to_bytes(values, bits=_risk.BITS, scale=0.5, bias=-2.0, about="a test")
    return _risk.read_model(content)


def rule(threshold: float = 0.9, of: RiskModel | None = None) -> RiskRule:
    return RiskRule(threshold, USE, of or model(坏话=100))


class TestScore:
    def test_a_text_like_the_refused_ones_waits_for_a_review(self) -> None:
        ruleset = service.compile_ruleset([rule()])
        inspection = ruleset.inspect("这是坏话，坏话")
        assert inspection.disposition is Disposition.HOLD
        assert inspection.uses == (USE,)
        (finding,) = inspection.findings
        assert (finding.start, finding.end) == (0, 7)
        assert (finding.category, finding.rule) == ("risk", "risk score")
        assert 0.9 <= float(finding.word) <= 1
        assert ruleset.inspect("今天天气不错").disposition is Disposition.DELIVER

    def test_it_never_leads_to_more_than_a_review(self) -> None:
        assert service.compile_ruleset([rule(0.01)]).inspect("坏话").disposition is Disposition.HOLD
        assert "disposition" not in {field.name for field in dataclasses.fields(RiskRule)}

    def test_it_hides_nothing_when_a_reviewer_masks(self) -> None:
        terms = TermRule("d", "c", ("傻逼",), Disposition.HOLD, "1/t")
        inspection = service.compile_ruleset([rule(), terms]).inspect("坏话坏话傻逼")
        assert len(inspection.findings) == 2
        assert service.mask("坏话坏话傻逼", inspection.findings) == "坏话坏话**"

    def test_disguise_by_signs_changes_nothing(self) -> None:
        known = model(坏话=100)
        assert _risk.score(known, strip("坏~话")) == _risk.score(known, strip("坏话"))

    def test_a_sentence_in_a_long_text_counts_as_much_as_alone(self) -> None:
        known = model(坏话=100)
        filler = "今天开会讨论了三个议题" * 30
        assert (
            _risk.score(known, filler + "坏话坏话坏话" + filler) > 0.5 > _risk.score(known, filler)
        )

    @given(st.text(max_size=3000))
    @settings(max_examples=100, deadline=None)
    def test_any_text_has_a_score(self, text: str) -> None:
        assert 0 <= _risk.score(model(坏话=100), strip(text)) <= 1

    def test_work_is_bounded(self) -> None:
        known, started = model(坏话=100), time.perf_counter()
        _risk.score(known, "坏话" * 500_000)
        assert time.perf_counter() - started < 1

    def test_the_version_names_model_and_threshold(self) -> None:
        versions = {
            service.compile_ruleset([one]).version
            for one in (rule(), rule(0.8), rule(of=model(坏=100)), rule())
        }
        assert len(versions) == 3

    @pytest.mark.parametrize("threshold", [0.0, 1.0, -1.0, math.nan, math.inf])
    def test_a_threshold_lies_between_0_and_1(self, threshold: float) -> None:
        with pytest.raises(BadThresholdError):
            service.compile_ruleset([rule(threshold)])


class TestFile:
    def test_what_is_written_is_read(self) -> None:
        weights = [0] * 256
        weights[3], weights[7] = -127, 127
        read = _risk.read_model(
            _risk.to_bytes(weights, bits=8, scale=0.25, bias=-1.5, about="here")
        )
        assert (read.bits, read.scale, read.bias, read.about) == (8, 0.25, -1.5, "here")
        assert (read.weights[3], read.weights[7], read.weights[8]) == (-127, 127, 0)

    @pytest.mark.parametrize(
        "change",
        [
            {"format": 2}, {"bits": 30}, {"bits": 9}, {"scale": math.inf}, {"bias": math.nan},
            {"weights": b"no"}, {"more": 1},
        ],
    )  # fmt: skip
    def test_a_broken_file_is_refused(self, change: dict[str, object]) -> None:
        good = msgspec.msgpack.decode(_risk.to_bytes([0] * 256, bits=8, scale=1, bias=0, about=""))
        with pytest.raises(BadRiskModelError):
            _risk.read_model(msgspec.msgpack.encode({**good, **change}))

    @example(b"\x81\xa7\x00\x00\x00\x00\x00\x00\x80")  # a name that is no UTF-8
    @given(st.binary(max_size=300))
    def test_any_bytes_are_refused_and_no_more(self, content: bytes) -> None:
        with pytest.raises(BadRiskModelError):
            _risk.read_model(content)

    def test_a_file_that_grows_when_opened_is_refused(self) -> None:
        bomb = zlib.compress(bytes(50_000_000), 9)
        stored = msgspec.msgpack.encode(
            {"format": 1, "bits": 8, "scale": 1.0, "bias": 0.0, "about": "", "weights": bomb}
        )
        with pytest.raises(BadRiskModelError):
            _risk.read_model(stored)

    def test_the_shipped_one_is_small_and_says_what_it_was_trained_on(self) -> None:
        path = Path(_risk.__file__).with_name("risk_model.bin")
        assert path.stat().st_size <= 1 << 20
        shipped = service.shipped_model()
        assert "COLD" in shipped.about and "Apache-2.0" in shipped.about
        assert service.read_risk_model(path) == shipped


def made_examples(count: int) -> list[Example]:
    """Texts of two vocabularies that share most words."""
    chance = random.Random(1)
    calm, rude = "天地玄黄宇宙洪荒日月盈昃", "笨蠢懒坏"
    return [
        Example(
            "".join(chance.choices(calm, k=12)) + "".join(chance.choices(rude if n % 2 else calm, k=2)),
            bool(n % 2),
        )
        for n in range(count)
    ]  # fmt: skip


class TestTraining:
    def test_rates_are_of_texts_that_the_model_has_not_seen(self) -> None:
        pytest.importorskip("sklearn")
        trained = train(made_examples(1200), ordinary={"calm": ["天地玄黄"] * 10}, about="made")
        assert trained.examples == 1200 and trained.refused == 600
        assert trained.best_f1 > 0.9
        assert trained.rates[0].flagged == {"calm": 0.0}
        learned = _risk.read_model(trained.content)
        assert learned.about == "made"
        assert _risk.score(learned, "天地笨蠢") > 0.5 > _risk.score(learned, "天地日月")
        assert json.dumps(trained.to_json())

    def test_labels_that_mean_nothing_are_not_learned(self) -> None:
        pytest.importorskip("sklearn")
        chance = random.Random(2)
        noise = [Example(one.text, chance.random() < 0.5) for one in made_examples(1200)]
        trained = train(noise)
        assert abs(trained.rates[0].precision - 0.5) < 0.1, "what is held out is not trained on"

    def test_the_same_examples_give_the_same_model(self) -> None:
        pytest.importorskip("sklearn")
        examples = made_examples(600)
        assert train(examples).content == train(examples).content

    def test_too_few_examples_are_refused(self) -> None:
        with pytest.raises(TooFewExamplesError) as caught:
            train(made_examples(2 * FEWEST - 2))
        assert caught.value.data["needed"] == FEWEST

    def test_without_the_extra_it_says_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
        with pytest.raises(TrainingNotInstalledError, match="guiju"):
            train(made_examples(2 * FEWEST))

    def test_files_are_read_and_a_bad_line_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "judged.jsonl"
        path.write_text(
            '{"text": "好", "label": 0}\n\n{"text": "坏", "label": 1}\n', encoding="utf-8"
        )
        assert list(read_examples(path)) == [Example("好", False), Example("坏", True)]
        assert list(read_texts(path)) == ["好", "坏"]
        for line in ('{"text": "好", "label": 2}', '{"label": 1}', "[]", "{"):
            path.write_text(line, encoding="utf-8")
            with pytest.raises(BadCaseError):
                list(read_examples(path))


class TestFigures:
    """The figures of docs/operator/inspection.md, on data that the shipped model was not measured on."""

    def test_ordinary_talk_is_seldom_held(self, corpus: Path) -> None:
        texts = list(read_texts(corpus / "dev" / "fetched" / "nus_sms_zh.jsonl"))
        ruleset = service.compile_ruleset([rule(0.9, service.shipped_model())])
        held = sum(bool(ruleset.inspect(text).findings) for text in texts)
        assert len(texts) >= 5000
        assert held / len(texts) <= 0.005
