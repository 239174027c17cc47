"""Settings are read as people write them."""

import pytest

from guiju.settings import SettingsError, read_settings


@pytest.mark.parametrize(
    ("stated", "origin"),
    [
        ("https://guiju.example", "https://guiju.example"),
        ("https://guiju.example:443", "https://guiju.example"),
        ("https://guiju.example:443/", "https://guiju.example"),
        ("http://guiju.example:80", "http://guiju.example"),
        ("https://guiju.example:80", "https://guiju.example:80"),
        ("HTTPS://Guiju.Example:8443", "https://guiju.example:8443"),
        ("https://规矩.example", "https://xn--o7yv49a.example"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(stated: str, origin: str) -> None:
    settings = read_settings({"GUIJU_PUBLIC_URL": stated})
    assert settings.origin == origin
    assert settings.is_https == origin.startswith("https://")


@pytest.mark.parametrize(
    "stated",
    [
        "guiju.example", "ftp://guiju.example", "https://", "https://:443", "https://guiju.example:x", "https://a:99999",
        "https://me@guiju.example", "https://[::1", "https://" + "a" * 64 + ".example",
    ],
)  # fmt: skip
def test_what_has_no_origin_is_refused(stated: str) -> None:
    with pytest.raises(SettingsError, match="GUIJU_PUBLIC_URL"):
        read_settings({"GUIJU_PUBLIC_URL": stated})
