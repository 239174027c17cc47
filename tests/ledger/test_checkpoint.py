"""Signed notes and tree heads: real ones, our own, and what must be refused, by both
implementations.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju import guiju_verify
from guiju.ledger import checkpoint
from guiju.ledger.checkpoint import Checkpoint, SignerKey, VerifierKey
from guiju.ledger.errors import CheckpointError

ORIGIN = "guiju.example/9f2c0a1b"
KEY = SignerKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = SignerKey("audit.example/witness", Ed25519PrivateKey.from_private_bytes(b"w" * 32))
NOTE = checkpoint.sign_checkpoint(ORIGIN, 1234, b"r" * 32, KEY.private)


def heads(note: str, *vkeys: str) -> set[tuple[str, int, bytes] | None]:
    """What each implementation makes of a note; None when it refuses."""
    found: set[tuple[str, int, bytes] | None] = set()
    try:
        head = checkpoint.open_checkpoint(note, map(VerifierKey.parse, vkeys))
        found.add((head.origin, head.size, head.root))
    except CheckpointError:
        found.add(None)
    try:
        found.add(guiju_verify.parse_checkpoint(guiju_verify.open_note(note, vkeys)[0]))
    except (guiju_verify.MalformedError, guiju_verify.RefusedError):
        found.add(None)
    return found


class TestRealNotes:
    def test_all_heads_of_a_real_log(self, corpus: Path) -> None:
        vkey = json.loads((corpus / "ct/reference-tree.json").read_text())["tessera_log_vkey"]
        assert VerifierKey.parse(vkey).encode() == vkey
        notes = sorted((corpus / "ct/tessera/log").glob("checkpoint.*"))
        assert len(notes) == 16
        for path in notes:
            note = path.read_text()
            (head,) = heads(note, vkey)
            assert head is not None
            assert head[:2] == ("example.com/log/testdata", int(path.suffix[1:]))
            assert checkpoint.checkpoint_text(Checkpoint(*head)) == note.partition("\n\n")[0] + "\n"
            assert heads(note.replace("\n\n", "x\n\n"), vkey) == {None}

    def test_the_example_of_the_specification(self, corpus: Path) -> None:
        example = json.loads((corpus / "ct/reference-tree.json").read_text())["signed_note_example"]
        note = f"{example['text']}\n{example['signature_line']}\n"
        key = VerifierKey.parse(example["vkey"])
        opened = checkpoint.open_note(note, [key])
        assert (opened.text, opened.signed_by) == (example["text"], (key,))
        assert guiju_verify.open_note(note, [example["vkey"]]) == (example["text"], [key.name])


class TestSigning:
    def test_what_is_signed_is_read_back_by_both(self) -> None:
        assert heads(NOTE, KEY.verifier.encode()) == {(ORIGIN, 1234, b"r" * 32)}
        assert checkpoint.verifier_key(ORIGIN, KEY.private.public_key()) == KEY.verifier.encode()

    def test_keys_survive_their_text_and_never_show_in_a_repr(self) -> None:
        again = SignerKey.parse(KEY.encode())
        assert again.verifier == KEY.verifier
        assert again.sign("text\n") == KEY.sign("text\n")
        seed = KEY.private.private_bytes_raw()
        assert seed.hex() not in repr(KEY)
        assert base64.b64encode(seed).decode() not in repr(KEY)

    def test_lines_of_unknown_keys_are_ignored(self) -> None:
        text = NOTE.partition("\n\n")[0] + "\n"
        both = checkpoint.sign_note(text, WITNESS, KEY)
        for key in (KEY, WITNESS):
            assert heads(both, key.verifier.encode()) == {(ORIGIN, 1234, b"r" * 32)}
        signed_by = checkpoint.open_note(both, [KEY.verifier, WITNESS.verifier]).signed_by
        assert signed_by == (WITNESS.verifier, KEY.verifier)

    def test_a_note_that_only_strangers_signed_is_refused(self) -> None:
        assert heads(NOTE, WITNESS.verifier.encode()) == {None}

    def test_a_wrong_line_of_a_known_key_is_refused_beside_a_right_one(self) -> None:
        text = NOTE.partition("\n\n")[0] + "\n"
        note = checkpoint.sign_note(text, KEY) + WITNESS.sign("another text\n")
        assert heads(note, KEY.verifier.encode(), WITNESS.verifier.encode()) == {None}
        assert heads(note, KEY.verifier.encode()) != {None}

    @pytest.mark.parametrize(
        ("origin", "size", "root"),
        [
            ("", 1, b"r" * 32),
            ("two\nlines", 1, b"r" * 32),
            ("a b", 1, b"r" * 32),
            (ORIGIN, -1, b"r" * 32),
            (ORIGIN, 2**64, b"r" * 32),
            (ORIGIN, 1, b"r" * 31),
        ],
    )
    def test_what_is_no_head_is_not_signed(self, origin: str, size: int, root: bytes) -> None:
        with pytest.raises(CheckpointError):
            checkpoint.sign_checkpoint(origin, size, root, KEY.private)


class TestStrictness:
    def test_every_changed_character_is_refused(self) -> None:
        vkey = KEY.verifier.encode()
        for at, char in enumerate(NOTE):
            for other in {chr(ord(char) ^ 1), "\n", " ", "A", ""} - {char}:
                assert heads(NOTE[:at] + other + NOTE[at + 1 :], vkey) == {None}, (at, other)

    @pytest.mark.parametrize(
        "text",
        [
            f"{ORIGIN}\n01\n{base64.b64encode(b'r' * 32).decode()}\n",
            f"{ORIGIN}\n+1\n{base64.b64encode(b'r' * 32).decode()}\n",
            f"{ORIGIN}\n１\n{base64.b64encode(b'r' * 32).decode()}\n",
            f"{ORIGIN}\n18446744073709551616\n{base64.b64encode(b'r' * 32).decode()}\n",
            f"{ORIGIN}\n1\n{base64.b64encode(b'r' * 31).decode()}\n",
            f"{ORIGIN}\n1\n{base64.b64encode(b'r' * 32).decode()[:-2]}h=\n",
            f"{ORIGIN}\n1\n{base64.b64encode(b'r' * 32).decode()}\nextension\n",
            f"{ORIGIN}\n1\n",
            f"\n1\n{base64.b64encode(b'r' * 32).decode()}\n",
        ],
    )
    def test_a_signed_text_that_is_no_head_is_refused(self, text: str) -> None:
        assert heads(checkpoint.sign_note(text, KEY), KEY.verifier.encode()) == {None}

    @pytest.mark.parametrize("text", ["", "no end", "tab\there\n", "cr\r\n", "nul\0\n", "\ud800\n"])
    def test_a_text_that_no_note_can_have_is_not_signed(self, text: str) -> None:
        with pytest.raises(CheckpointError):
            checkpoint.sign_note(text, KEY)

    @pytest.mark.parametrize(
        "note",
        [
            *(
                "",
                "\n",
                "\n\n",
                "text\n",
                "text\n\n",
                NOTE[:-1],
                NOTE + "\n",
                NOTE.replace("—", "-"),
            ),
            *(NOTE + KEY.sign("x\n") * 100, NOTE.replace("— ", "—  ")),
        ],
    )
    def test_what_is_no_note_is_refused(self, note: str) -> None:
        assert heads(note, KEY.verifier.encode()) == {None}

    @pytest.mark.parametrize(
        "change",
        [
            lambda vkey: vkey.replace("+", "+0", 1),
            lambda vkey: vkey.replace(ORIGIN, "other"),
            lambda vkey: vkey.replace("+A", "+B", 1),
            lambda vkey: vkey + "=",
            lambda vkey: vkey[:-1],
            lambda vkey: "a b" + vkey,
            lambda vkey: vkey.partition("+")[2],
            lambda vkey: "",
        ],
    )
    def test_malformed_keys_are_refused(self, change: Callable[[str], str]) -> None:
        vkey, skey = change(KEY.verifier.encode()), change(KEY.encode())
        with pytest.raises(CheckpointError):
            VerifierKey.parse(vkey)
        with pytest.raises(CheckpointError):
            SignerKey.parse(skey)
        with pytest.raises(guiju_verify.MalformedError):
            guiju_verify.parse_vkey(vkey)


class TestEd25519:
    """The verifier's own Ed25519 against the library's, which is OpenSSL's."""

    def test_the_first_vector_of_rfc_8032(self) -> None:
        public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        signature = bytes.fromhex(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
            "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        )
        assert guiju_verify.ed25519_verify(public, b"", signature)
        assert not guiju_verify.ed25519_verify(public, b"x", signature)

    @given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.data())
    @settings(max_examples=50)
    def test_it_accepts_what_the_library_signs_and_nothing_near(
        self, seed: bytes, message: bytes, data: st.DataObject
    ) -> None:
        key = Ed25519PrivateKey.from_private_bytes(seed)
        public, signature = key.public_key().public_bytes_raw(), key.sign(message)
        assert guiju_verify.ed25519_verify(public, message, signature)
        bit = 1 << data.draw(st.integers(0, 511))
        changed = (int.from_bytes(signature, "little") ^ bit).to_bytes(64, "little")
        assert not guiju_verify.ed25519_verify(public, message, changed)
        bit = 1 << data.draw(st.integers(0, 255))
        changed = (int.from_bytes(public, "little") ^ bit).to_bytes(32, "little")
        assert not guiju_verify.ed25519_verify(changed, message, signature)

    def test_a_scalar_beyond_the_order_is_refused(self) -> None:
        signature = KEY.private.sign(b"text")
        scalar = int.from_bytes(signature[32:], "little") + guiju_verify.Q
        public = KEY.verifier.public
        doubled = signature[:32] + scalar.to_bytes(32, "little")
        assert not guiju_verify.ed25519_verify(public, b"text", doubled)
        assert not KEY.verifier.has_signed("text", doubled)

    @pytest.mark.parametrize("length", [0, 63, 65])
    def test_a_signature_of_another_length_is_refused(self, length: int) -> None:
        signature = (KEY.private.sign(b"text") + b"\0")[:length]
        assert not guiju_verify.ed25519_verify(KEY.verifier.public, b"text", signature)

    @given(st.binary(min_size=32, max_size=32) | st.integers(0, 2**256 - 1).map(
        lambda n: (2**256 - 1 - n % 64).to_bytes(32, "little")))  # fmt: skip
    @settings(max_examples=50)
    def test_arbitrary_keys_are_judged_as_the_library_judges_them(self, public: bytes) -> None:
        signature = KEY.private.sign(b"text")
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, b"text")
            expected = True
        except InvalidSignature:
            expected = False
        assert guiju_verify.ed25519_verify(public, b"text", signature) == expected
