"""What `guiju verify`, `restore-signer`, `export` and `policy-file` do, apart from reading their arguments.

Each writes with `write` and returns the exit code.
"""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from guiju import restoring
from guiju.exporting import export_group
from guiju.kernel.errors import GuijuError
from guiju.kernel.ids import GroupId
from guiju.kernel.terminal import say
from guiju.ledger.binding import KeysRefusedError
from guiju.ledger.errors import LedgerError
from guiju.ledger.findings import Place, Verification
from guiju.runtime import open_runtime
from guiju.settings import Settings
from guiju.verification import (
    MALFORMED,
    UNANCHORED,
    CannotVerifyError,
    exit_code,
    open_existing,
    verify_organisation,
)

_NOTHING: dict[str, Any] = {
    "ok": False,
    "size": None,
    "root": None,
    "anchored": False,
    "first_bad": None,
    "checks": [],
}
Write = Callable[[str], object]


def verify(
    settings: Settings, *, replay: bool, heads: Sequence[Path], as_json: bool, write: Write = say
) -> int:
    """Verify the organisation: 0 verified and anchored, 3 consistent but UNANCHORED, 1 tampered, 2 cannot be judged.

    `heads` are files with one signed note each, kept by a client or a witness.
    """
    try:
        notes = [_read_note(file) for file in heads]
        verdict = verify_organisation(settings, replay=replay, heads=notes)
    except CannotVerifyError as error:
        nothing = {**_NOTHING, "error": str(error)}
        write(_json(nothing) if as_json else f"cannot be verified: {error}")
        return MALFORMED
    write(_json(verdict.as_dict()) if as_json else _text(verdict))
    return exit_code(verdict)


def restore_signer(settings: Settings, *, heads: Sequence[Path], write: Write = say) -> int:
    """Make the signer's state file anew: 0 anchored, 3 UNANCHORED, 1 tampered, 2 it cannot be or need not be made."""
    try:
        done = restoring.restore_signer(settings, heads=[_read_note(file) for file in heads])
    except (CannotVerifyError, restoring.CannotRestoreError) as error:
        write(f"signer.json was not written: {error}")
        return MALFORMED
    write(_text(done.verdict))
    if not done.verdict.ok:
        write("signer.json was not written 没有写入")
        return exit_code(done.verdict)
    write(
        f"signer.json was written up to the head of {done.size} entries. 已按已公布的 {done.size} 条重建签名状态。"
    )
    if exit_code(done.verdict) == UNANCHORED:
        write(
            "Entries that were signed after it and are not in this database would not be missed: compare with a kept head. "
            "此后签过而库中没有的条目已无从发现，请用外部留存的签名头核对。"
        )
    return exit_code(done.verdict)


def _read_note(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotVerifyError(f"{file} cannot be read as a signed head: {error}") from error


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _text(verdict: Verification) -> str:
    """One line for each step and one for the verdict."""
    lines = [
        f"{'ok ' if check.ok else 'BAD'} {check.step} {check.name}: {check.detail}"
        + (f" [{_place(check.first_bad)}]" if check.first_bad is not None else "")
        for check in verdict.checks
    ]
    if not verdict.ok:
        lines.append(f"TAMPERED 被改动 · {_place(verdict.first_bad or {})}")
    elif exit_code(verdict) == UNANCHORED:
        lines.append(
            "consistent, but UNANCHORED 内部一致，但没有独立见证 · give heads that were kept elsewhere with --head"
        )
    else:
        lines.append("verified 已核验")
    return "\n".join(lines)


def _place(place: Place) -> str:
    return ", ".join(f"{name} {value}" for name, value in place.items())


def export(settings: Settings, *, group: str, out: Path, bodies: bool, write: Write = say) -> int:
    """Write an export package of a group (its id) to a new private file. 0, or 2 when it cannot be made."""
    try:
        open_existing(settings).close()
        runtime = open_runtime(settings)
    except (CannotVerifyError, KeysRefusedError) as error:
        write(str(error))
        return MALFORMED
    try:
        with open(out, "xb", opener=_private) as file:
            done = export_group(runtime, GroupId(group), file, bodies=bodies)
    except OSError as error:
        write(f"{out} cannot be written: {error.strerror}")
        return MALFORMED
    except (GuijuError, LedgerError) as error:
        out.unlink()
        write(str(error))
        return MALFORMED
    finally:
        runtime.close()
    later = f"; {done.later} later ones are not signed yet" if done.later else ""
    write(
        f"{out}: {done.entries} entries of a ledger of {done.size}{later}. SHA-256 of its manifest: {done.manifest}"
    )
    return 0


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def policy_file(settings: Settings, *, heads: Sequence[Path], write: Write = say) -> int:
    """Print what a receiver of packages must trust, for `guiju_verify.py --policy`. 0, or 2 when there is nothing.

    The receiver MUST get it from somebody other than the sender of a package. `heads` are kept by witnesses.
    """
    try:
        notes = [_read_note(file) for file in heads]
        open_existing(settings).close()
        runtime = open_runtime(settings)
    except (CannotVerifyError, KeysRefusedError) as error:
        write(str(error))
        return MALFORMED
    try:
        origin = runtime.origin
        policy = {
            "origin": origin,
            "log_keys": [runtime.signer.vkey(origin)],
            "heads": notes,
            "quorum": 1,
        }
    finally:
        runtime.close()
    write(json.dumps(policy, ensure_ascii=False, indent=2))
    return 0
