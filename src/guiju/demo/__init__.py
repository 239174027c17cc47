"""A demonstration organisation: invented people, groups, and a week of their work, all made through the real verbs.

It is plainly marked: its name says 演示. `build` makes it in an empty place, `accounts` and `welcome` tell how to look at it.
"""

from guiju.demo.building import build
from guiju.demo.guide import accounts, is_demo, welcome

__all__ = ["accounts", "build", "is_demo", "welcome"]
