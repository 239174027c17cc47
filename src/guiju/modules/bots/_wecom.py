"""Messages as the group robot of WeCom takes them, read into a text, what it mentions, and a picture or a file."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

EVERYBODY = "@all"
_TEXT_BYTES, _MARKDOWN_BYTES = 2048, 4096
_PICTURE_BYTES = 2 * 1024 * 1024
_MOST_ARTICLES = 8
_PICTURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}


class Code(IntEnum):
    """The `errcode` of an answer. What tools know of WeCom; the last three stand for rules, which it has not."""

    OK = 0
    BUSY = -1
    BAD_MEDIA_TYPE = 40004
    BAD_TYPE = 40005
    BAD_MEDIA_SIZE = 40006
    BAD_MEDIA = 40007
    BAD_MSGTYPE = 40008
    BAD_PICTURE = 40009
    BAD_PARAMETER = 40058
    EMPTY_MEDIA = 44001
    EMPTY_TEXT = 44004
    MEDIA_TOO_LARGE = 45001
    TEXT_TOO_LONG = 45002
    TOO_OFTEN = 45009
    NOT_JSON = 47001
    BAD_KEY = 93000
    WRONG_MD5 = 301019
    STOPPED = 87014
    RULES_FIRST = 48002
    NOT_ALL = 60011


class WecomError(Exception):
    """A refusal in the words of WeCom. `told` is what Guiju says beside them: state, position, clause."""

    def __init__(self, code: Code, message: str, **told: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.told = code, message, told


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says. `users` are staff numbers, `phones` numbers; EVERYBODY in either is everybody."""

    text: str
    users: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    picture: bytes | None = None
    media: str | None = None

    @property
    def mentions_all(self) -> bool:
        return EVERYBODY in self.users or EVERYBODY in self.phones


def read(message: Any) -> Said:
    """What a decoded body says. Raises WecomError."""
    if not isinstance(message, dict):
        raise WecomError(Code.NOT_JSON, "data format error")
    kind = message.get("msgtype")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise WecomError(Code.BAD_MSGTYPE, "invalid message type")
    content = message.get(kind)
    if not isinstance(content, dict):
        raise WecomError(Code.BAD_PARAMETER, f"invalid Request Parameter: {kind} is missing")
    return reader(content)


def _string(holder: dict[str, Any], field: str) -> str:
    found = holder.get(field)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise WecomError(Code.BAD_PARAMETER, f"invalid Request Parameter: {field} must be a string")
    return found.strip()


def _object(holder: dict[str, Any], field: str) -> dict[str, Any]:
    found = holder.get(field)
    return found if isinstance(found, dict) else {}


def _objects(holder: dict[str, Any], field: str) -> list[dict[str, Any]]:
    found = holder.get(field)
    return (
        [each for each in found if isinstance(each, dict)][:20] if isinstance(found, list) else []
    )


def _names(holder: dict[str, Any], field: str) -> tuple[str, ...]:
    found = holder.get(field) or []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise WecomError(
            Code.BAD_PARAMETER, f"invalid Request Parameter: {field} must be a list of strings"
        )
    # A number that nobody can have is left out like one that nobody has.
    return tuple(each.strip() for each in found[:100] if each.isprintable())


def _content(holder: dict[str, Any], longest: int) -> str:
    text = _string(holder, "content")
    if not text:
        raise WecomError(Code.EMPTY_TEXT, "empty content")
    if len(text.encode("utf-8", "replace")) > longest:
        raise WecomError(Code.TEXT_TOO_LONG, f"content exceed max length {longest}")
    return text


def _text(content: dict[str, Any]) -> Said:
    return Said(
        _content(content, _TEXT_BYTES),
        _names(content, "mentioned_list"),
        _names(content, "mentioned_mobile_list"),
    )


_MENTION = re.compile(r"<@([^<>\s]{1,64})>")
_MARKS = (
    (re.compile(r"</?font[^<>]{0,200}>"), ""),
    (re.compile(r"!?\[([^\[\]\n]{0,500})\]\((\S{1,1000}?)\)"), r"\1 \2"),
    (re.compile(r"^#{1,6}[ \t]+([^*\n]{1,1000}?)[ \t]*#*$", re.MULTILINE), r"**\1**"),
    (re.compile(r"^#{1,6}[ \t]+", re.MULTILINE), ""),
)


def _markdown(content: dict[str, Any]) -> Said:
    """The words with those marks that a message may have here; a heading is in bold, a link shows where it leads."""
    text = _content(content, _MARKDOWN_BYTES)
    users = tuple(each for each in dict.fromkeys(_MENTION.findall(text)) if each.isprintable())
    text = _MENTION.sub("", text)
    for mark, instead in _MARKS:
        text = mark.sub(instead, text)
    return Said(text.strip(), users)


def _image(content: dict[str, Any]) -> Said:
    try:
        data = base64.b64decode(_string(content, "base64"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise WecomError(Code.BAD_PARAMETER, "invalid Request Parameter: base64") from error
    if not data:
        raise WecomError(Code.EMPTY_MEDIA, "empty media data")
    if len(data) > _PICTURE_BYTES or picture_type(data) is None:
        raise WecomError(Code.BAD_PICTURE, "invalid image size or type: jpg or png, at most 2 MB")
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != _string(content, "md5").lower():
        raise WecomError(Code.WRONG_MD5, "md5 of the image does not match")
    return Said("", picture=data)


def picture_type(data: bytes) -> str | None:
    """`png` or `jpg`; None for anything else."""
    return next((name for head, name in _PICTURES.items() if data.startswith(head)), None)


def _media(content: dict[str, Any]) -> Said:
    media = _string(content, "media_id")
    if not media:
        raise WecomError(Code.BAD_MEDIA, "invalid media_id")
    return Said("", media=media)


def _news(content: dict[str, Any]) -> Said:
    articles = _objects(content, "articles")
    if not 1 <= len(articles) <= _MOST_ARTICLES:
        raise WecomError(Code.BAD_PARAMETER, f"invalid Request Parameter: 1 to {_MOST_ARTICLES} articles")  # fmt: skip
    shown = []
    for article in articles:
        title, url = _string(article, "title"), _string(article, "url")
        if not title or not url:
            raise WecomError(
                Code.BAD_PARAMETER, "invalid Request Parameter: an article has a title and a url"
            )
        shown.append(_lines([title, _string(article, "description"), url]))
    return Said("\n\n".join(shown))


def _template_card(content: dict[str, Any]) -> Said:
    if content.get("card_type") not in ("text_notice", "news_notice"):
        raise WecomError(Code.BAD_PARAMETER, "invalid Request Parameter: card_type")
    main, emphasis = _object(content, "main_title"), _object(content, "emphasis_content")
    quoted = _object(content, "quote_area")
    action = _object(content, "card_action")
    rows = [_string(_object(content, "source"), "desc")]
    rows += [_string(main, "title"), _string(main, "desc")]
    rows += [_pair(emphasis, "title", "desc"), _string(content, "sub_title_text")]
    rows += [_pair(quoted, "title", "quote_text")]
    rows += [
        _lines([_pair(each, "title", "desc")])
        for each in _objects(content, "vertical_content_list")
    ]
    rows += [
        _pair({"k": _pair(each, "keyname", "value"), "u": _string(each, "url")}, "k", "u", " ")
        for each in _objects(content, "horizontal_content_list")
    ]
    rows += [_pair(each, "title", "url", " ") for each in _objects(content, "jump_list")]
    rows.append(_string(action, "url"))
    text = _lines(rows)
    if not text:
        raise WecomError(Code.EMPTY_TEXT, "empty content")
    return Said(text)


def _pair(holder: dict[str, Any], first: str, second: str, between: str = "：") -> str:
    return between.join(part for part in (_string(holder, first), _string(holder, second)) if part)


def _lines(rows: Iterable[str]) -> str:
    return "\n".join(row for row in rows if row)


_READERS = {
    "text": _text,
    "markdown": _markdown,
    "markdown_v2": _markdown,
    "image": _image,
    "news": _news,
    "file": _media,
    "voice": _media,
    "template_card": _template_card,
}
