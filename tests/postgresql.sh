#!/bin/bash
# A PostgreSQL server for one run of tests: its own data folder and Unix socket, no TCP, no distribution cluster.
# postgresql.sh start DIR   makes DIR, starts the server there and prints its address without a database's name
# postgresql.sh restart DIR stops it at once, as a crash would, and starts it again
# postgresql.sh stop DIR    stops it and removes DIR
# DIR must be one that the user postgres can reach; as root everything runs as that user, since it refuses root.
set -euo pipefail
verb=$1 dir=$2
bin=$(find /usr/lib/postgresql -path '*/bin/pg_ctl' 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "postgresql.sh: install the Debian package postgresql" >&2; exit 3; }
bin=$(dirname "$bin")

as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}
launch() {
  as_postgres "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -s \
    -o "-c listen_addresses= -c unix_socket_directories=$dir -c fsync=${POSTGRESQL_FSYNC:-off} -c max_connections=40" start </dev/null >/dev/null 2>&1
}

case $verb in
  start)
    mkdir -p "$dir"
    [ "$(id -u)" -ne 0 ] || chown postgres "$dir"
    as_postgres "$bin/initdb" -D "$dir/data" -U valise -A trust --no-sync --locale=C --encoding=UTF8 >"/dev/null"
    launch
    echo "postgresql://valise@%2F$(sed 's#^/##; s#/#%2F#g' <<<"$dir")" ;;
  restart)
    as_postgres "$bin/pg_ctl" -D "$dir/data" -m immediate -w -s stop >/dev/null 2>&1 || true
    launch ;;
  stop)
    as_postgres "$bin/pg_ctl" -D "$dir/data" -m immediate -w -s stop >/dev/null 2>&1 || true
    rm -rf "$dir" ;;
  *) echo "postgresql.sh: start, restart or stop" >&2; exit 2 ;;
esac
