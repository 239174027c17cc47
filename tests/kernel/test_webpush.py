"""What the RFCs say of web push, byte for byte."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from guiju.kernel import webpush
from guiju.kernel.webpush import from_url, to_url
from tests.support.pushes import Push, opened

PLAIN = b"When I grow up, I want to be a watermelon"
OWN, THEIRS = (
    "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
    "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
)
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
    "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from_url(text), "big"), ec.SECP256R1())


def test_the_example_of_rfc_8291_comes_out() -> None:
    made = webpush.encrypt(
        PLAIN, from_url(PUBLIC), from_url(AUTH), salt=from_url(SALT), own=key(OWN)
    )
    assert to_url(made) == SEALED
    assert opened(from_url(SEALED), key(THEIRS), from_url(AUTH)) == PLAIN


def test_each_push_has_a_key_and_a_salt_of_its_own() -> None:
    one, other = (webpush.encrypt(PLAIN, from_url(PUBLIC), from_url(AUTH)) for _ in range(2))
    assert one[:16] != other[:16] and one[21:86] != other[21:86]
    assert opened(one, key(THEIRS), from_url(AUTH)) == PLAIN


def test_who_asks_is_signed_for_one_service_and_not_for_long() -> None:
    signing = webpush.signing_key(bytes(range(32)))
    made = webpush.authorization(signing, "https://push.example/a?b", "mailto:a@b.c", 5_000)
    claims = Push("", {"authorization": made}, b"").claims()
    assert claims == {"aud": "https://push.example", "exp": 5 + 12 * 3600, "sub": "mailto:a@b.c"}
    assert made.endswith(webpush.public_key(signing))


@pytest.mark.parametrize("bad", [b"", b"\x04" + bytes(64), from_url(PUBLIC)[:-1]])
def test_keys_off_the_curve_are_refused(bad: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # its words are those of the library
        webpush.check_keys(bad, bytes(16))


def test_a_secret_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        webpush.check_keys(from_url(PUBLIC), bytes(15))
