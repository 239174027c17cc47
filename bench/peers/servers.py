"""The peers: Synapse, and ejabberd and Prosody, configured for the product's work: a durable archive of every message,
no TLS, no limits.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg

from bench.client import Target
from bench.peers.installing import PeerMissingError
from bench.peers.synapse import SYNAPSE, synapse
from bench.postgres import Cluster
from bench.process import free_port
from bench.servers import HOST, Server

EJABBERD, PROSODY = "ejabberd", "prosody"
_LOAD: Final = "bench.peers.xmpp"
_SCHEMA: Final = Path("/usr/share/ejabberd/sql/pg.sql")
_LIBRARIES: Final = "/usr/lib/x86_64-linux-gnu"

_EJABBERD: Final = """hosts: [localhost]
loglevel: warning
sql_type: pgsql
sql_server: 127.0.0.1
sql_port: {sql.port}
sql_database: {database}
sql_username: {sql.username}
sql_password: "{sql.password}"
sql_pool_size: 10
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    max_stanza_size: 262144
    shaper: none
    access: all
    starttls: false
auth_method: [anonymous]
anonymous_protocol: sasl_anon
allow_multiple_connections: true
modules:
  mod_disco: {{}}
  mod_muc:
    host: conf.localhost
    access: all
    access_create: all
    access_mam: all
    min_message_interval: 0
    max_users: 5000
    history_size: 0
    default_room_options:
      mam: true
      persistent: false
  mod_mam:
    default: always
    db_type: sql
"""

_PROSODY: Final = """daemonize = false
run_as_root = true
pidfile = "{folder}/pid"
data_path = "{folder}/data"
network_backend = "epoll"
modules_enabled = {{"saslauth", "disco"}}
modules_disabled = {{"s2s", "offline", "limits", "tls"}}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
c2s_ports = {{{port}}}
c2s_interfaces = {{"127.0.0.1"}}
s2s_ports = {{}}
http_ports = {{}}
https_ports = {{}}
log = {{ warn = "*console" }}
storage = "internal"
sql = {{ driver = "SQLite3", database = "{folder}/archive.sqlite" }}
VirtualHost "localhost"
  authentication = "anonymous"
Component "conf.localhost" "muc"
  modules_enabled = {{"muc_mam"}}
  storage = {{ muc_log = "sql", archive = "sql" }}
  default_storage = "sql"
  muc_log_by_default = true
  muc_log_all_rooms = true
  restrict_room_creation = false
  muc_log_expires_after = "never"
  muc_max_occupants = 5000
"""


def peer(name: str, home: Path, place: Cluster, mark: str) -> Server:
    """A peer by its name; `mark` tells its folder and database from others. Raises `PeerMissingError`."""
    known: dict[str, Callable[[], Server]] = {
        EJABBERD: lambda: ejabberd(home / f"{EJABBERD}{mark}", place, f"{EJABBERD}{mark}"),
        PROSODY: lambda: prosody(home / f"{PROSODY}{mark}"),
        SYNAPSE: lambda: synapse(home / f"{SYNAPSE}{mark}"),
    }
    return known[name]()


def ejabberd(folder: Path, place: Cluster, database: str) -> Server:
    """Ejabberd with its archive in a new PostgreSQL database; raises `PeerMissingError` when it is not installed."""
    if not _SCHEMA.exists() or not shutil.which("erl"):
        raise PeerMissingError(
            "ejabberd is not installed (apt-get install ejabberd erlang-p1-pgsql)"
        )
    dsn = place.create(database)
    folder.mkdir()
    port, sql = free_port(), urlsplit(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(_SCHEMA.read_text(encoding="utf-8"))
    config = folder / "ejabberd.yml"
    config.write_text(_EJABBERD.format(sql=sql, database=sql.path[1:], port=port), encoding="utf-8")
    config.chmod(0o600)
    # Without a node name: no epmd, no port beyond the loopback.
    command = (
        *("erl", "-noinput", "+K", "true", "+P", "250000"),
        *("-mnesia", "dir", f'"{folder}/spool"', "-s", "ejabberd"),
    )
    environment = {
        "EJABBERD_CONFIG_PATH": str(config),
        "EJABBERD_LOG_PATH": str(folder / "ejabberd.log"),
        "ERL_LIBS": _LIBRARIES,
        "HOME": str(folder),
    }
    return _server(EJABBERD, command, environment, port, folder)


def prosody(folder: Path) -> Server:
    """Prosody with its archive in SQLite; raises `PeerMissingError` when it is not installed."""
    found = shutil.which("prosody")
    if not found:
        raise PeerMissingError("prosody is not installed (apt-get install prosody lua-dbi-sqlite3)")
    folder.mkdir()
    (folder / "data").mkdir()
    port = free_port()
    config = folder / "prosody.cfg.lua"
    config.write_text(_PROSODY.format(folder=folder, port=port), encoding="utf-8")
    return _server(PROSODY, (found, "--config", str(config)), {}, port, folder)


def _server(
    name: str, command: tuple[str, ...], environment: dict[str, str], port: int, folder: Path
) -> Server:
    seats = (Target(HOST, port, "", "", ""),)
    return Server(name, command, environment, port, folder / "log", "", seats, load=_LOAD)
