"""What the rules say of one file: its name and every part of it, where it is to be sent. Off the lane and off the loop."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from guiju.kernel.db import ReadTx
from guiju.kernel.errors import Safe
from guiju.kernel.ids import GroupId
from guiju.modules.groups import service as groups
from guiju.modules.groups.types import Group, Member
from guiju.modules.inspection import exemptions
from guiju.modules.inspection.extraction.types import Part, Problem, Reading
from guiju.modules.inspection.files import Budget, inspect_reading
from guiju.modules.inspection.service import RuleSet
from guiju.modules.inspection.types import Context, Disposition, Finding, Inspection
from guiju.modules.messaging.deciding import context_of
from guiju.modules.messaging.file_types import (
    MOST_FOUND,
    UNREAD_KINDS,
    FileKind,
    FileRules,
    Look,
    PartFinding,
)
from guiju.modules.policy import service as policy
from guiju.modules.policy.types import Use

CONTROL = "messaging.files"
_ORIGIN = "origin"
_TYPES = {
    "png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "bmp": "image/bmp",
    "tiff": "image/tiff", "pdf": "application/pdf", "zip": "application/zip", "7z": "application/x-7z-compressed",
    "rar": "application/vnd.rar", "gz": "application/gzip", "tar": "application/x-tar", "rtf": "application/rtf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
    "text": "text/plain", "mail": "message/rfc822",
}  # fmt: skip
"""The media type by what the content is. What a browser might run, such as HTML, has none here."""
SAFE_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a page may show in place; everything else is only saved."""
PLAIN = "application/octet-stream"


def rules_for(tx: ReadTx, group: Group) -> list[tuple[Use, FileRules]]:
    """What the clauses say of files in a group; all of them must be content."""
    found = []
    for use in policy.uses(tx, CONTROL):
        assert isinstance(use.params, FileRules)
        if not use.params.classes or group.group_class in use.params.classes:
            found.append((use, use.params))
    return found


def clause_for(tx: ReadTx, group: GroupId) -> dict[str, Safe] | None:
    """The clause on files in a group, for what no rule but the scanner refuses; None where none speaks of them."""
    found = groups.find_group(tx, group)
    rules = rules_for(tx, found) if found is not None else []
    return dict(rules[0][0].mark()) if rules else None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a look depends on beside the file: the rules in force, and where it is to be sent."""

    ruleset: RuleSet
    context: Context
    exempt: frozenset[str]
    uses: tuple[str, ...]
    unread: frozenset[str]


def surroundings(tx: ReadTx, ruleset: RuleSet, group: Group, member: Member) -> Surroundings:
    """Where a file of `member` would appear. Exceptions for a phrase count in texts only."""
    rules = rules_for(tx, group)
    passing = [frozenset(params.unread) for _, params in rules]
    unread = frozenset(UNREAD_KINDS).intersection(*passing) if passing else frozenset[str]()
    return Surroundings(
        ruleset,
        context_of(tx, group, member),
        exempt_rules(tx, member, group.id),
        tuple(use.id for use, _ in rules),
        unread,
    )


def exempt_rules(tx: ReadTx, member: Member, group: GroupId) -> frozenset[str]:
    """From which rules the member or the group is exempt now."""
    return frozenset(exemptions.rules_exempt(tx, member.person, group))


def audio_type(data: bytes) -> str | None:
    """The media type of a sound recording, by its content; None for anything else, moving pictures among it."""
    head = data[:4096]
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return None if b"V_VP" in head or b"V_AV1" in head else "audio/webm"
    if head.startswith(b"OggS"):
        return "audio/ogg" if b"OpusHead" in head or b"\x01vorbis" in head else None
    if head[4:8] == b"ftyp" and head[8:12] not in (b"heic", b"heix", b"mif1", b"msf1", b"avif"):
        return None if b"vide" in data else "audio/mp4"
    return None


def type_of(reading: Reading, data: bytes, kind: FileKind) -> tuple[str, FileKind]:
    """(media type, how it shows) of a file; what is no picture or recording shows as a file."""
    sound = audio_type(data) if kind is FileKind.VOICE else None
    if sound is not None:
        return sound, FileKind.VOICE
    found = _TYPES.get(reading.type, PLAIN)
    shown = kind is FileKind.IMAGE and found in SAFE_PICTURES
    return found, FileKind.IMAGE if shown else FileKind.FILE


def look(reading: Reading, where: Surroundings, kind: FileKind, more: Sequence[str] = ()) -> Look:
    """What the rules say of a file that was read. `more` are further reasons why nobody can vouch for it."""
    findings: list[PartFinding] = []
    alerts: dict[PartFinding, None] = {}
    acted: list[tuple[Disposition, Inspection]] = []
    disposition, had_hits = Disposition.DELIVER, False
    budget = Budget()
    late: list[tuple[str, str]] = []
    for part in reading.parts:
        seen = _Seen(where)
        found = inspect_reading(_only(reading, part), seen.inspect, budget=budget)
        had_hits = had_hits or seen.had_hits
        late = [(str(gap.problem), gap.where) for gap in found.not_inspected]
        disposition = max(disposition, found.disposition)
        acted += [(found.disposition, each) for each in seen.acted]
        findings += [PartFinding(part.name, each) for each in found.parts[0].findings]
        alerts |= dict.fromkeys(
            PartFinding(part.name, alert) for each in seen.acted for alert in each.alerts
        )
        if late:
            break
    gaps = _gaps(reading, where, kind) + late + [(reason, "") for reason in more]
    uses = _uses(where.ruleset, acted, disposition)
    # Where the time was over, that it holds is no word of any rule.
    if gaps and (disposition < Disposition.HOLD or (late and disposition is Disposition.HOLD)):
        disposition, uses = Disposition.HOLD, (*where.uses, *uses)
    return Look(
        where.ruleset.version, where.context, tuple(sorted(where.exempt)), had_hits, reading.type, reading.verdict,
        disposition, tuple(dict.fromkeys(uses)), tuple(findings[:MOST_FOUND]), tuple(alerts)[:MOST_FOUND],
        tuple(dict.fromkeys(use for _, each in acted for use in each.alert_uses)), tuple(dict.fromkeys(gaps)),
    )  # fmt: skip


def with_words(found: Look, words: str, where: Surroundings) -> Look:
    """The look at a file together with what its sender says of where it comes from."""
    said = look(Reading("text", False, (Part(_ORIGIN, words),), (), ()), where, FileKind.FILE)
    first, then = (said, found) if said.disposition > found.disposition else (found, said)
    return replace(
        found,
        # What was found by two sets of rules is the answer of none: the lane has it looked at once more.
        ruleset=found.ruleset if found.ruleset == said.ruleset else "",
        context=found.context if found.had_hits else said.context,
        exempt=found.exempt if found.had_hits else said.exempt,
        had_hits=found.had_hits or said.had_hits,
        disposition=first.disposition,
        uses=tuple(dict.fromkeys((*first.uses, *then.uses))),
        findings=(*found.findings, *said.findings)[:MOST_FOUND],
        alerts=(*found.alerts, *said.alerts)[:MOST_FOUND],
        alert_uses=tuple(dict.fromkeys((*found.alert_uses, *said.alert_uses))),
    )


class _Seen:
    """Inspects the pieces of one part, and remembers what acted."""

    def __init__(self, where: Surroundings) -> None:
        self._where = where
        self.had_hits = False
        self.acted: list[Inspection] = []

    def inspect(self, text: str) -> Inspection:
        where = self._where
        found = where.ruleset.inspect(text)
        if not found.hits:
            return found
        self.had_hits = True
        decided = where.ruleset.decide(text, found, where.context, self._is_exempt)
        if decided.hits:
            self.acted.append(decided)
        return decided

    def _is_exempt(self, finding: Finding) -> bool:
        return finding.rule in self._where.exempt


def _only(reading: Reading, part: Part) -> Reading:
    """The reading as if it had this one part and nothing were missing: that is judged for the file as a whole."""
    return replace(reading, parts=(part,), gaps=(), disguised=False)


def _gaps(reading: Reading, where: Surroundings, kind: FileKind) -> list[tuple[str, str]]:
    """Why the file must be looked at by a person, but for what the clauses let pass."""
    passes: set[Problem] = set()
    if "image" in where.unread:
        passes.add(Problem.IMAGES_NOT_READ)
    if "voice" in where.unread and kind is FileKind.VOICE:
        passes |= {Problem.NO_READER, Problem.UNKNOWN_TYPE}
    gaps = [(str(gap.problem), gap.where) for gap in reading.gaps if gap.problem not in passes]
    return [("disguised", ""), *gaps] if reading.disguised else gaps


def _uses(
    ruleset: RuleSet, acted: Sequence[tuple[Disposition, Inspection]], strictest: Disposition
) -> tuple[str, ...]:
    """The controls that acted, those that asked for the strictest disposition first: a mask holds a file."""
    first: list[str] = []
    for found, each in acted:
        if found is strictest:
            masks = ruleset.masking_uses(each) if each.disposition < found else ()
            first += [*masks, *each.uses]
    return (*first, *(use for _, each in acted for use in each.uses))
