"""Reading untyped values into types, from any thread.

What msgspec (0.22) knows of a dataclass it builds at the first use of the type, step by step, and lets everybody see it
from the first step on: a thread that reads into the type meanwhile finds half a table, and the process dies. So each
type is learnt while its module is loaded, before anything else runs, and one that was not is not read into.
"""

from typing import Any, TypeVar

import msgspec

_T = TypeVar("_T")
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def learn(shape: type[_T]) -> type[_T]:
    """Let values be read into `shape`. To be called while its module is loaded; fits as a decorator."""
    _decoders[shape] = msgspec.json.Decoder(shape)
    return shape


def convert(value: object, shape: type[_T]) -> _T:
    """Plain values (mappings, lists, strings, numbers) as a `shape`. Raises msgspec.ValidationError."""
    _decoders[shape]  # raises KeyError for one that was not learnt
    return msgspec.convert(value, shape)


def decode(text: bytes | str, shape: type[_T]) -> _T:
    """JSON as a `shape`. Raises msgspec.DecodeError, of which ValidationError is one."""
    found: _T = _decoders[shape].decode(text)
    return found
