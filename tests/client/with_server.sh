#!/bin/bash
# Runs a command against a throw-away Mahi server: with_server.sh MAHI COMMAND [ARGS...]
# In the arguments, @HOST@, @PORT@, @SOCKET@ and @DATA@ stand for where the server is; the environment has MAHI_HOST,
# MAHI_PORT, MAHI_SOCKET and MAHI_DATA. The server has root without password, and local_infile on.
set -u
mahi=$1
shift
dir=$(mktemp -d "${TMPDIR:-/tmp}/mahi_with_server.XXXXXX")
data=$dir/data
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
server=
cleanup() {
  [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
  rm -rf "$dir"
}
trap cleanup EXIT
"$mahi" server --no-defaults --initialize-insecure --datadir="$data" >"$dir/init.log" 2>&1 ||
  { cat "$dir/init.log" >&2; exit 1; }
"$mahi" server --no-defaults --datadir="$data" --port="$port" --bind-address=127.0.0.1 --local-infile=ON \
  --socket="$dir/s.sock" >"$dir/server.log" 2>&1 &
server=$!
for _ in $(seq 200); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  kill -0 "$server" 2>/dev/null || { cat "$dir/server.log" >&2; exit 1; }
  sleep 0.05
done
export MAHI_HOST=127.0.0.1 MAHI_PORT=$port MAHI_SOCKET=$dir/s.sock MAHI_DATA=$data
arguments=()
for one in "$@"; do
  one=${one//@HOST@/127.0.0.1} one=${one//@PORT@/$port} one=${one//@SOCKET@/$dir/s.sock} one=${one//@DATA@/$data}
  arguments+=("$one")
done
"${arguments[@]}"
rc=$?
[ "$rc" = 0 ] || tail -20 "$dir/server.log" >&2
exit "$rc"
