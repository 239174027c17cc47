"""Loaded by `tests.run` before all else: tests are collected with the cycle collector at rest.

Modules and tests are many objects and no garbage; `pytest_collection_finish` of tests/conftest.py wakes it again.
"""

import gc

gc.disable()
