#!/bin/sh
# The messengers that the bench measures beside. Without them the bench goes on and says what it left out.
set -u
missing=""
command -v ejabberdctl >/dev/null 2>&1 && [ -f /usr/share/ejabberd/sql/pg.sql ] || missing="$missing ejabberd erlang-p1-pgsql"
command -v prosody >/dev/null 2>&1 || missing="$missing prosody prosody-modules lua-dbi-sqlite3"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "The bench measures beside these packages, and goes on without them:$missing (apt-get install$missing)." >&2
    exit 0
fi
echo "installing$missing"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || echo "could not install$missing" >&2
# The bench starts its own; what Debian has just started beside them would only take time.
[ ! -d /run/systemd/system ] || systemctl disable --quiet --now ejabberd prosody 2>/dev/null
exit 0
