"""What is set from outside, read once; `docs/operator/settings.md` explains each."""

import os
from dataclasses import dataclass, fields
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

_USUAL_PORTS = {"http": 80, "https": 443}


class SettingsError(Exception):
    """A setting that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Folders, database and addresses of one organisation."""

    data: Path
    keys: Path
    database: str
    listen: str
    public_url: str
    trusted_proxies: str
    files: str
    clamd: str
    webhook_hosts: str
    push_contact: str

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0]

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])

    @property
    def origin(self) -> str:
        """The one Origin that unsafe requests and sockets must name."""
        return _origin(self.public_url)

    @property
    def inside_hosts(self) -> frozenset[str]:
        """The hosts of one's own network to which webhooks may go, each with or without a port."""
        named = (host.strip().lower() for host in self.webhook_hosts.split(","))
        return frozenset(host for host in named if host)

    @property
    def is_https(self) -> bool:
        return self.origin.startswith("https://")


ENVIRONMENT = {field.name: f"GUIJU_{field.name.upper()}" for field in fields(Settings)}


def read_settings(environment: "os._Environ[str] | dict[str, str]" = os.environ) -> Settings:
    """The settings of this environment, with defaults for the embedded case. Raises SettingsError."""
    data = Path(environment.get("GUIJU_DATA") or ".data").absolute()
    listen = environment.get("GUIJU_LISTEN") or "127.0.0.1:8000"
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise SettingsError(f"GUIJU_LISTEN must be host:port, not {listen!r}")
    public_url = (environment.get("GUIJU_PUBLIC_URL") or f"http://{listen}").rstrip("/")
    try:
        _origin(public_url)
    except ValueError:
        problem = f"GUIJU_PUBLIC_URL must be an http(s) address, not {public_url!r}"
        raise SettingsError(problem) from None
    database = environment.get("GUIJU_DATABASE") or f"sqlite:///{data / 'guiju.db'}"
    if not database.startswith(("sqlite:///", "postgresql://")):
        raise SettingsError("GUIJU_DATABASE must begin with sqlite:/// or postgresql://")
    clamd = environment.get("GUIJU_CLAMD") or ""
    if clamd and not (clamd.rpartition(":")[0] and clamd.rpartition(":")[2].isdigit()):
        raise SettingsError(f"GUIJU_CLAMD must be host:port, not {clamd!r}")
    push_contact = environment.get("GUIJU_PUSH_CONTACT") or ""
    if push_contact and not push_contact.startswith(("mailto:", "https://")):
        problem = f"GUIJU_PUSH_CONTACT must begin with mailto: or https://, not {push_contact!r}"
        raise SettingsError(problem)
    return Settings(
        data=data,
        keys=Path(environment.get("GUIJU_KEYS") or data / "keys").absolute(),
        database=database,
        listen=listen,
        public_url=public_url,
        trusted_proxies=environment.get("GUIJU_TRUSTED_PROXIES") or "",
        files=_files(environment.get("GUIJU_FILES") or str(data / "files")),
        clamd=clamd,
        webhook_hosts=environment.get("GUIJU_WEBHOOK_HOSTS") or "",
        push_contact=push_contact,
    )


def _origin(address: str) -> str:
    """The origin of an address as browsers write it: small letters, Punycode, no usual port. Raises ValueError."""
    parts = urlsplit(address)
    if parts.scheme not in _USUAL_PORTS or not parts.hostname or parts.username is not None:
        raise ValueError(f"{address!r} has no origin")
    host = parts.hostname.encode("idna").decode().lower()
    if ":" in host:
        host = f"[{ip_address(host).compressed}]"
    usual = parts.port in (None, _USUAL_PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" + ("" if usual else f":{parts.port}")


def _files(place: str) -> str:
    """A folder by its path, or a bucket. Raises SettingsError."""
    if "://" in place and not place.startswith("s3://"):
        raise SettingsError(f"GUIJU_FILES must be a folder or s3://bucket, not {place!r}")
    return place if "://" in place else str(Path(place).absolute())
