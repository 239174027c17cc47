"""What a run says of tests that were left out."""

from tests.run import left_out, skipped_by_vitest

LOG = """
*** CORPUS MISSING (/nowhere): the independent Merkle vectors are NOT checked ***
*** CORPUS MISSING (/nowhere): the independent Merkle vectors are NOT checked ***
\x1b[2m Test Files \x1b[22m 5 passed | 1 skipped (6)
\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[32m60 passed\x1b[39m\x1b[22m | \x1b[33m3 skipped\x1b[39m | 1 todo (64)
"""


def test_what_vitest_left_out_is_told_and_counted() -> None:
    assert left_out(LOG) == [
        "CORPUS MISSING (/nowhere): the independent Merkle vectors are NOT checked"
    ]
    assert skipped_by_vitest(LOG) == 4
    assert (left_out("fine"), skipped_by_vitest(" Tests  22 passed (22)")) == ([], 0)
