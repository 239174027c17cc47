"""Synapse, configured for the product's work: its store in SQLite, which is its faster one here; no TLS, no limits.

It runs as a process of its own, from its own folder; nothing of it is imported.
"""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from bench.client import Target
from bench.peers.installing import PeerMissingError, installed, reason
from bench.process import free_port
from bench.servers import HOST, Server

SYNAPSE: Final = "synapse"
_LOAD: Final = "bench.peers.matrix"
_KEY_SECONDS: Final = 60
_LIMITS: Final = (
    "rc_message", "rc_registration", "rc_registration_token_validity", "rc_joins_per_room", "rc_room_creation",
    "rc_admin_redaction", "rc_3pid_validation", "rc_third_party_invite", "rc_reports",
)  # fmt: skip


def synapse(folder: Path) -> Server:
    """Synapse in `folder`; raises `PeerMissingError` when it cannot be installed or set up."""
    python = installed(SYNAPSE, "synapse.lock")
    folder.mkdir()
    port = free_port()
    config = folder / "homeserver.yaml"
    # JSON is YAML too.
    config.write_text(json.dumps(_config(folder, port)), encoding="utf-8")
    logging = {"version": 1, "handlers": {"c": {"class": "logging.StreamHandler"}}, "root": {"level": "ERROR", "handlers": ["c"]}}  # fmt: skip
    (folder / "log.yaml").write_text(json.dumps(logging), encoding="utf-8")
    command = (str(python), "-m", "synapse.app.homeserver", "-c", str(config))
    try:
        subprocess.run(
            [*command, "--generate-keys"],
            check=True,
            capture_output=True,
            text=True,
            timeout=_KEY_SECONDS,
            cwd=folder,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise PeerMissingError(f"it could not be set up: {reason(error)}") from error
    seats = (Target(HOST, port, "", "", ""),)
    return Server(SYNAPSE, command, {"HOME": str(folder)}, port, folder / "log", "", seats, load=_LOAD)  # fmt: skip


def _config(folder: Path, port: int) -> dict[str, Any]:
    unlimited = {"per_second": 1e6, "burst_count": 1_000_000}
    listener = {
        "bind_addresses": [HOST], "port": port, "tls": False, "type": "http", "x_forwarded": False,
        "resources": [{"names": ["client"], "compress": False}],
    }  # fmt: skip
    return {
        **dict.fromkeys(_LIMITS, unlimited),
        "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), unlimited),
        "rc_joins": dict.fromkeys(("local", "remote"), unlimited),
        "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), unlimited),
        "server_name": "localhost",
        "report_stats": False,
        "pid_file": f"{folder}/pid",
        "signing_key_path": f"{folder}/signing.key",
        "media_store_path": f"{folder}/media",
        "log_config": f"{folder}/log.yaml",
        "macaroon_secret_key": "bench",
        "form_secret": "bench",
        "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": f"{folder}/homeserver.db"}},
        "enable_registration": True,
        "enable_registration_without_verification": True,
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "federation_domain_whitelist": [],
        "presence": {"enabled": False},
        "bcrypt_rounds": 4,
        "url_preview_enabled": False,
        "user_directory": {"enabled": False},
        "enable_metrics": False,
    }
