"""Dataclasses whose instances nobody changes, for what every message makes some of.

`dataclass(frozen=True)` goes by way of `object.__setattr__` for each field that it sets: 1.5 µs for the 22 fields of a
message, in place of 0.2. Here the type checker refuses to set a field, and nothing asks at run time.
"""

import dataclasses
from typing import TypeVar

from typing_extensions import dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def immutable(cls: type[_T]) -> type[_T]:
    """A dataclass with slots, equal and hashed by its fields."""
    return dataclasses.dataclass(slots=True, unsafe_hash=True)(cls)
