"""The peer of the inspection scenario: Presidio with pattern recognisers alone, in its own process.

Runs with the Python of `.cache/presidio` and imports nothing of this project. Reads a JSON object
from standard input: `patterns`, `texts`, `short`, `long`, `cases` [{"id","text"}]; writes the
figures, and the hits of the cases. No model is loaded: the pipeline is spaCy's blank Chinese one.
"""

import json
import os
import statistics
import sys
import time

import spacy
import tldextract
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    PhoneRecognizer,
    UrlRecognizer,
)

LANGUAGE = "zh"
# The names of this scenario's kinds for what Presidio finds.
KINDS = {
    "CREDIT_CARD": "bank_card",
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "cn_phone",
    "URL": "url",
    "CN_ID": "cn_id",
}


class BlankEngine(SpacyNlpEngine):  # type: ignore[misc]  # not installed where types are checked
    """A pipeline that only splits characters."""

    def __init__(self) -> None:
        super().__init__(models=[{"lang_code": LANGUAGE, "model_name": "blank"}])
        self.nlp = {LANGUAGE: spacy.blank(LANGUAGE)}

    def load(self) -> None:
        """Nothing to load."""


def analyzer(patterns: list[str]) -> AnalyzerEngine:
    """Presidio for Chinese: its pattern recognisers, a resident id, and the given patterns."""
    registry = RecognizerRegistry(supported_languages=[LANGUAGE])
    for recognizer in (
        CreditCardRecognizer,
        EmailRecognizer,
        IbanRecognizer,
        IpRecognizer,
        UrlRecognizer,
    ):
        registry.add_recognizer(recognizer(supported_language=LANGUAGE))
    registry.add_recognizer(
        PhoneRecognizer(supported_language=LANGUAGE, supported_regions=("CN", "TW", "HK"))
    )
    own = [("CN_ID", r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")]
    own += [(f"PATTERN_{number}", pattern) for number, pattern in enumerate(patterns)]
    for name, pattern in own:
        registry.add_recognizer(
            PatternRecognizer(
                supported_entity=name,
                patterns=[Pattern(name, pattern, 0.6)],
                supported_language=LANGUAGE,
            )
        )
    return AnalyzerEngine(
        registry=registry, nlp_engine=BlankEngine(), supported_languages=[LANGUAGE]
    )


def timed(engine: AnalyzerEngine, texts: list[str]) -> list[float]:
    """Microseconds of the processor for each text."""
    found = []
    for text in texts:
        started = time.thread_time_ns()
        engine.analyze(text, language=LANGUAGE)
        found.append((time.thread_time_ns() - started) / 1000)
    return found


def quantiles(name: str, values: list[float]) -> dict[str, float]:
    """The median and the 99th percentile."""
    cuts = statistics.quantiles(values, n=100)
    return {f"p50_{name}": cuts[49], f"p99_{name}": cuts[98]}


def main() -> None:
    """Answer one request."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    plan = json.load(sys.stdin)
    # Else the first address would wait for a list from the network, and every run for another one.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    tldextract.extract = tldextract.tldextract.TLD_EXTRACTOR
    engine = analyzer(plan["patterns"])
    timed(engine, plan["texts"][:50])
    started = time.process_time()
    timed(engine, plan["texts"])
    result = {"rate": len(plan["texts"]) / (time.process_time() - started)}
    result |= quantiles("20", timed(engine, plan["short"]))
    result |= quantiles("400", timed(engine, plan["long"]))
    hits = {}
    for case in plan["cases"]:
        found = engine.analyze(case["text"], language=LANGUAGE)
        hits[case["id"]] = [
            {"kind": KINDS[one.entity_type], "start": one.start, "end": one.end}
            for one in found
            if one.entity_type in KINDS
        ]
    json.dump({"figures": result, "hits": hits}, sys.stdout)


if __name__ == "__main__":
    main()
