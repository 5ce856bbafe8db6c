#!/bin/bash
# The two-host demonstration: a server in one network namespace, its clients in another, a virtual cable between.
#
#   run.sh MAHI            the binary; exit 77 (skipped) without the right to make namespaces
#
# mysql-server 10.78.0.1 <-- veth --> mysql-client 10.78.0.2
# docs/manual/two-hosts.md walks through the same by hand.
set -u
mahi=$(readlink -f "${1:?usage: run.sh MAHI}")
server=mysql-server client=mysql-client
skip() { echo "skipped: $1"; exit 77; }
[ "$(id -u)" = 0 ] || skip "needs root"
command -v ip >/dev/null || skip "needs ip (iproute2)"
if [ -n "$(ip netns list 2>/dev/null | grep -E "^($server|$client)( |\$)")" ]; then
  skip "the namespaces $server and $client exist already"
fi
ip netns add "$server" 2>/dev/null || skip "cannot make network namespaces"

dir=$(mktemp -d "${TMPDIR:-/tmp}/mahi_two_hosts.XXXXXX")
data=$dir/data pid= failures=0
cleanup() {
  [ -n "$pid" ] && kill -9 "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
  ip netns del "$server" 2>/dev/null
  ip netns del "$client" 2>/dev/null
  rm -rf "$dir"
}
trap cleanup EXIT
ip netns add "$client" || exit 1
if ! ip link add veth-server netns "$server" type veth peer name veth-client netns "$client"; then
  skip "cannot make a veth pair"
fi
ip -n "$server" addr add 10.78.0.1/24 dev veth-server
ip -n "$client" addr add 10.78.0.2/24 dev veth-client
for one in "$server veth-server" "$client veth-client" "$server lo" "$client lo"; do
  set -- $one
  ip -n "$1" link set "$2" up
done

is() {  # is NAME WANT GOT
  if [ "$2" = "$3" ]; then echo "ok - $1"; else
    echo "not ok - $1"; printf '  want: %s\n  got:  %s\n' "$2" "$3"; failures=$((failures + 1))
  fi
}
start_server() {
  ip netns exec "$server" "$mahi" server --no-defaults --datadir="$data" --bind-address=0.0.0.0 --port=3306 \
    --socket="$dir/s.sock" >>"$dir/server.log" 2>&1 &
  pid=$!
  for _ in $(seq 200); do
    ip netns exec "$server" bash -c 'exec 3<>/dev/tcp/10.78.0.1/3306' 2>/dev/null && return
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.05
  done
  echo "the server does not start:"; cat "$dir/server.log"; exit 1
}
root() { ip netns exec "$server" "$mahi" client --no-defaults -S "$dir/s.sock" -u root -BN "$@" 2>&1; }
# The client's host: TCP with TLS, the certificate checked against the server's authority.
app() {
  ip netns exec "$client" "$mahi" client --no-defaults -h 10.78.0.1 -P 3306 -u app -papp-password -BN \
    --ssl-mode=VERIFY_CA --ssl-ca="$data/ca.pem" "$@" 2>&1
}

"$mahi" server --no-defaults --initialize-insecure --datadir="$data" >"$dir/server.log" 2>&1 ||
  { cat "$dir/server.log"; exit 1; }
start_server
is "root makes an account on the server's host" "" \
  "$(root -e "CREATE USER 'app'@'10.78.0.2' IDENTIFIED BY 'app-password'; GRANT ALL ON shop.* TO 'app'@'10.78.0.2'")"
is "root is not let in from the other host" "ERROR 1130 or 1045" \
  "$(ip netns exec "$client" "$mahi" client --no-defaults -h 10.78.0.1 -u root -e 'SELECT 1' 2>&1 | sed -E 's/^ERROR (1130|1045).*/ERROR 1130 or 1045/')"
is "the client makes a database and a table" "" \
  "$(app -e "CREATE DATABASE shop; CREATE TABLE shop.customer (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(50), balance DECIMAL(10,2))")"
is "and fills it" "3" \
  "$(app shop -e "INSERT INTO customer (name, balance) VALUES ('Ada', 100), ('Grace', 200), ('Edsger', 300); SELECT COUNT(*) FROM customer")"
is "the connection is encrypted" "Ssl_version	TLSv1.3" "$(app -e "SHOW SESSION STATUS LIKE 'Ssl_version'")"
is "the server knows the client's host" "app@10.78.0.2" "$(app -e 'SELECT USER()')"

# A transaction on one connection, seen from another: fifos keep the first connection open.
mkfifo "$dir/first.in"
app shop --unbuffered --force <"$dir/first.in" >"$dir/first.out" 2>&1 &
first=$!
exec 9>"$dir/first.in"
ask_first() {  # sends a statement and waits for the marker behind it
  rm -f "$dir/done"
  printf '%s;\n\\! touch %s\n' "$1" "$dir/done" >&9
  for _ in $(seq 100); do [ -e "$dir/done" ] && return; sleep 0.05; done
  echo "no answer to: $1"
}
ask_first "START TRANSACTION"
ask_first "UPDATE customer SET balance = balance - 50 WHERE name = 'Ada'"
is "the second connection does not see the open transaction" "100.00" "$(app shop -e "SELECT balance FROM customer WHERE name = 'Ada'")"
is "it waits for the row, and gives up in time" "ERROR 1205" \
  "$(app shop -e "SET innodb_lock_wait_timeout = 1; UPDATE customer SET balance = 0 WHERE name = 'Ada'" | cut -c1-10)"
ask_first "UPDATE customer SET balance = balance + 50 WHERE name = 'Grace'"
ask_first "COMMIT"
is "after COMMIT it sees both changes" "50.00 250.00" \
  "$(app shop -e "SELECT balance FROM customer WHERE id <= 2 ORDER BY id" | xargs)"
ask_first "START TRANSACTION"
ask_first "DELETE FROM customer WHERE id = 3"

if command -v mariadb >/dev/null; then
  is "the mariadb client works from the other host too" "Ada" \
    "$(ip netns exec "$client" mariadb --no-defaults --protocol=tcp -h 10.78.0.1 -u app -papp-password --ssl -BN shop \
       -e "INSERT INTO customer VALUES (4, 'Barbara', 400); SELECT name FROM customer WHERE id = 1" 2>&1)"
else
  is "a fourth row" "" "$(app shop -e "INSERT INTO customer VALUES (4, 'Barbara', 400)")"
fi

kill -9 "$pid"
wait "$pid" 2>/dev/null
exec 9>&-
wait "$first" 2>/dev/null
is "without the server the client says so" "ERROR 2003" "$(app -e 'SELECT 1' | cut -c1-10)"
start_server
is "after kill -9 and restart everything committed is there, and nothing else" "Ada 50.00 Grace 250.00 Edsger 300.00 Barbara 400.00" \
  "$(app shop -e 'SELECT name, balance FROM customer ORDER BY id' | xargs)"
ip -n "$server" link set veth-server down
sleep 0.5
ip -n "$server" link set veth-server up
is "the cable was out and in again" "4" "$(app shop --connect-timeout=10 -e 'SELECT COUNT(*) FROM customer')"
kill -TERM "$pid"
wait "$pid"
is "the server stops cleanly" "0" "$?"
pid=
[ "$failures" = 0 ] || { echo "--- server log"; tail -20 "$dir/server.log"; }
echo "$failures failures"
[ "$failures" = 0 ]
