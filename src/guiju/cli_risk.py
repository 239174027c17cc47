"""What `guiju train-risk` does, apart from reading its arguments. Writes with `write`, returns the exit code."""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from guiju.kernel.actor import system
from guiju.kernel.errors import GuijuError
from guiju.kernel.terminal import say
from guiju.modules.inspection.risk_training import Example, read_examples, read_texts, train
from guiju.modules.messaging.judged import judged_texts
from guiju.runtime import RISK_MODEL, open_runtime
from guiju.settings import Settings
from guiju.verification import CannotVerifyError, open_existing

FAILED = 2
Write = Callable[[str], object]


def train_on_files(
    examples: Sequence[Path],
    *,
    harmless: Sequence[Path],
    ordinary: Sequence[Path],
    about: str,
    out: Path,
    write: Write = say,
) -> int:
    """Train on files of judged texts and write the model to `out`. 0, or 2 when it cannot be made.

    `harmless` texts are trained on as passed; `ordinary` texts only say how much would be held.
    """
    try:
        judged = [example for path in examples for example in read_examples(path)]
        calm = [text for path in harmless for text in read_texts(path)]
        talk = {path.stem: list(read_texts(path)) for path in ordinary}
    except OSError as error:
        write(f"{error.filename} cannot be read: {error.strerror}")
        return FAILED
    except GuijuError as error:
        write(f"{error} {json.dumps(dict(error.data), ensure_ascii=False)}")
        return FAILED
    return _trained(judged, calm, talk, about, out, write)


def train_on_decisions(settings: Settings, *, ordinary: Sequence[Path], write: Write = say) -> int:
    """Train on what the organisation's reviewers released and refused. 0, or 2 when it cannot be.

    The model goes into the data folder, and acts from the next start of the server on. It holds
    weights of hashed characters and no text, but tells something of the texts: it stays there.
    """
    try:
        talk = {path.stem: list(read_texts(path)) for path in ordinary}
        open_existing(settings).close()
        runtime = open_runtime(settings)
    except CannotVerifyError as error:
        write(str(error))
        return FAILED
    except OSError as error:
        write(f"{error.filename} cannot be read: {error.strerror}")
        return FAILED
    try:
        judged = runtime.read(
            lambda tx: [Example(*one) for one in judged_texts(tx, system("risk_training"))]
        )
    finally:
        runtime.close()
    return _trained(
        judged, [], talk, "decisions of this organisation", settings.data / RISK_MODEL, write
    )


def _trained(
    judged: list[Example],
    calm: list[str],
    talk: dict[str, list[str]],
    about: str,
    out: Path,
    write: Write,
) -> int:
    try:
        trained = train(judged, harmless=calm, ordinary=talk, about=about)
        _replace(out, trained.content)
    except OSError as error:
        write(f"{out} cannot be written: {error.strerror}")
        return FAILED
    except GuijuError as error:
        write(f"{error} {json.dumps(dict(error.data), ensure_ascii=False)}")
        return FAILED
    write(json.dumps({"file": str(out), **trained.to_json()}, ensure_ascii=False, indent=2))
    return 0


def _replace(path: Path, content: bytes) -> None:
    """A server that starts meanwhile reads the old file or the new one, never half of it."""
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    with open(temporary, "xb", opener=_private) as file:
        file.write(content)
    temporary.replace(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
