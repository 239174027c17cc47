"""What `guiju inspect FILE…` does, apart from reading its arguments."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from guiju.kernel.terminal import say
from guiju.modules.inspection.cases import standard_ruleset
from guiju.modules.inspection.extraction.reading import Extractor
from guiju.modules.inspection.files import inspect_reading
from guiju.modules.inspection.fingerprints import Fingerprints, fingerprints
from guiju.modules.inspection.types import Disposition
from guiju.runtime import all_dictionaries, shipped_dictionaries

MAY_PASS, MAY_NOT_PASS, NOT_OPENED = 0, 1, 2
Write = Callable[[str], object]


def inspect_files(files: Sequence[Path], documents: Sequence[Path], *, write: Write = say) -> int:
    """A line of JSON for each file. `documents` are looked for in the files by their fingerprints.

    The exit code is MAY_PASS when every file may be delivered, if only with an alert, MAY_NOT_PASS when one may
    not, NOT_OPENED when one could not be opened.
    """
    ruleset = standard_ruleset(shipped_dictionaries(*all_dictionaries()))
    code = MAY_PASS
    with Extractor() as extractor:
        try:
            known = _registered(extractor, documents)
        except OSError as reason:
            write(_refusal(Path(str(reason.filename)), reason))
            return NOT_OPENED
        for file in files:
            try:
                reading = extractor.extract(file)
            except OSError as reason:
                write(_refusal(file, reason))
                code = NOT_OPENED
                continue
            found = inspect_reading(reading, ruleset.inspect, known)
            if found.disposition is not Disposition.DELIVER:
                code = max(code, MAY_NOT_PASS)
            write(json.dumps(found.to_json(file.name), ensure_ascii=False))
    return code


def _registered(extractor: Extractor, documents: Sequence[Path]) -> Fingerprints:
    known: dict[str, list[int]] = {}
    for document in documents:
        prints = known.setdefault(document.name, [])
        for part in extractor.extract(document).parts:
            prints.extend(fingerprints(part.text))
    return Fingerprints(known)


def _refusal(file: Path, reason: OSError) -> str:
    return json.dumps({"file": file.name, "error": reason.strerror}, ensure_ascii=False)
