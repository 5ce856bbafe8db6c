#!/usr/bin/env python3
"""Good and bad packets against a running server.  Usage: packets_test.py <mahi binary>

Every bad packet must be answered by MySQL's error or end its own connection only: after each test another
connection still works."""
import random
import shutil
import socket
import struct
import sys
import time

from wire import (BASE, COMPRESS, DEPRECATE_EOF, QUERY_ATTRIBUTES, SESSION_TRACK, Client, Closed, Server,
                  ServerError, lenenc)


def expect_error(number, call):
    try:
        call()
    except ServerError as e:
        assert e.number == number, "expected %d, got %s" % (number, e)
        return e
    raise AssertionError("no error %d" % number)


def expect_error_or_closed(numbers, call):
    try:
        call()
    except ServerError as e:
        assert e.number in numbers, e
    except Closed:
        pass


def test_login_and_ping(s):
    c = Client(s.port)
    assert c.version.startswith("8.4."), c.version
    c.command(14)
    c.ok()
    assert c.value("SELECT 1+1") == "2"


def test_wrong_password(s):
    e = expect_error(1045, lambda: Client(s.port, password="wrong"))
    assert e.text == "Access denied for user 'root'@'localhost' (using password: YES)", e.text


def test_unknown_database_at_login(s):
    expect_error(1049, lambda: Client(s.port, database="nosuchdb"))


def test_unknown_commands(s):
    c = Client(s.port)
    for code in (0, 5, 6, 8, 15, 16, 19, 20, 29, 32, 77, 255):
        c.command(code, b"x")
        expect_error(1047, c.ok)
    c.command(14)
    c.ok()


def test_empty_packet(s):
    c = Client(s.port)
    c.sequence = 0
    c.write(b"")
    expect_error_or_closed({1835, 1047}, c.ok)


def test_both_forms_of_end(s):
    for extra in (0, DEPRECATE_EOF, DEPRECATE_EOF | SESSION_TRACK, QUERY_ATTRIBUTES):
        c = Client(s.port, capabilities=BASE | extra)
        names, rows, _ = c.query("SELECT 1 AS a, NULL AS b, 'x' AS c UNION ALL SELECT 2, 3, ''")
        assert names == ["a", "b", "c"] and rows == [["1", None, "x"], ["2", "3", ""]], rows


def test_multi_results(s):
    c = Client(s.port)
    _, rows, status = c.query("SELECT 1; SELECT 2; DO 0")
    assert rows == [["1"]] and status & 8
    _, rows, status = c.result()
    assert rows == [["2"]] and status & 8
    names, affected, status = c.result()
    assert names is None and not status & 8
    _, rows, status = c.query("SELECT 1; SELECT nosuch; SELECT 3")
    assert rows == [["1"]] and status & 8
    expect_error(1054, c.result)
    assert c.value("SELECT 5") == "5"


def test_garbage_instead_of_login(s):
    for data in (b"GET / HTTP/1.0\r\n\r\n", b"\x00" * 100, b"\xff" * 100, b"\x05\x00\x00\x01abc\x00\x00",
                 b"\x20\x00\x00\x01" + b"\xff" * 32):
        c = Client(s.port, login=False)
        c.raw(data)
        c.sock.settimeout(3)
        try:
            c.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        assert c.is_closed()
        assert Client(s.port).value("SELECT 1") == "1"


def test_truncated_login(s):
    c = Client(s.port, login=False)
    packet = struct.pack("<IIB23x", BASE, 1 << 24, 45) + b"root\0\0caching_sha2_password\0"
    for cut in (1, 3, 4, 20, 31, 33, 36):
        d = Client(s.port, login=False)
        d.sequence = 1
        d.write(packet[:cut])
        expect_error_or_closed({1043, 1045}, lambda: d.finish_login(""))
    c.close()


def test_out_of_order(s):
    c = Client(s.port)
    c.sequence = 7
    c.write(b"\x0e")
    c.sequence = 8
    payload_or_closed = None
    try:
        header = c.take(4)
        payload_or_closed = c.take(int.from_bytes(header[:3], "little"))
    except Closed:
        pass
    assert payload_or_closed is None or struct.unpack("<H", payload_or_closed[1:3])[0] == 1156
    assert c.is_closed()


def test_too_large_packet(s):
    root = Client(s.port)
    limit = int(root.value("SELECT @@max_allowed_packet"))
    frames = limit // 0xFFFFFF + 1
    c = Client(s.port)
    chunk = b"\xff\xff\xff"
    sent = 0
    try:
        for i in range(frames + 1):
            c.raw(chunk + bytes([i]) + (b"\x03" if i == 0 else b"x") + b"x" * (0xFFFFFF - 1))
            sent += 1
    except OSError:
        pass
    try:
        header = c.take(4)
        payload = c.take(int.from_bytes(header[:3], "little"))
        assert struct.unpack("<H", payload[1:3])[0] == 1153, payload
    except (Closed, ConnectionError):
        raise AssertionError("no error 1153")
    assert c.is_closed()


def test_long_statement(s):
    c = Client(s.port)
    for n in (0xFFFFFF - 20, 0xFFFFFF, 20 << 20, 40 << 20):
        assert c.value(b"SELECT LENGTH('" + b"a" * n + b"')") == str(n)


def test_long_row(s):
    c = Client(s.port)
    c.query("SET SESSION group_concat_max_len = 100000000")
    rows = c.rows("SELECT REPEAT('b', 17000000)")
    assert len(rows[0][0]) == 17000000


def test_prepared(s):
    c = Client(s.port, capabilities=BASE | DEPRECATE_EOF)
    statement, columns, parameters = c.prepare("SELECT ? + 1, CONCAT(?, 'x')")
    assert (columns, parameters) == (2, 2)
    body = struct.pack("<IBI", statement, 0, 1) + b"\x00\x01" + b"\x08\x00\xfd\x00" + struct.pack("<q", 41) + b"\x02ab"
    c.command(23, body)
    _, rows, _ = c.result(decode=None)
    assert b"\x03abx" in rows[0], rows
    # The same types again, now without sending them; NULL.
    c.command(23, struct.pack("<IBI", statement, 0, 1) + b"\x01\x00" + b"\x02cd")
    _, rows, _ = c.result(decode=None)
    assert b"\x03cdx" in rows[0], rows
    # Every truncation of the packet is refused, and harmless.
    for cut in range(len(body)):
        c.command(23, body[:cut])
        expect_error_or_closed({1835, 1210, 1243, 1105}, lambda: c.result(decode=None))
    # A type that does not exist; one string that claims to be huge.
    bad = struct.pack("<IBI", statement, 0, 1) + b"\x00\x01" + b"\x99\x00\xfd\x00" + b"\x00" * 10
    c.command(23, bad)
    expect_error(1835, lambda: c.result(decode=None))
    bad = struct.pack("<IBI", statement, 0, 1) + b"\x00\x01" + b"\xfd\x00\xfd\x00" + b"\xfe" + b"\xff" * 8 + b"x"
    c.command(23, bad)
    expect_error(1835, lambda: c.result(decode=None))
    c.command(25, struct.pack("<I", statement))
    c.command(23, body)
    expect_error(1243, lambda: c.result(decode=None))
    c.command(23, b"\x01")
    expect_error(1835, lambda: c.result(decode=None))


def test_long_data(s):
    c = Client(s.port)
    statement, _, _ = c.prepare("SELECT LENGTH(?)")
    for _ in range(3):
        c.command(24, struct.pack("<IH", statement, 0) + b"z" * 100000)
    c.command(24, struct.pack("<IH", statement, 9) + b"z")  # no such parameter: told by the next execution
    execute = struct.pack("<IBI", statement, 0, 1) + b"\x00\x01\xfc\x00"
    c.command(23, execute)
    expect_error(1210, lambda: c.result(decode=None))
    for _ in range(3):
        c.command(24, struct.pack("<IH", statement, 0) + b"z" * 100000)
    c.command(23, execute)
    _, rows, _ = c.result(decode=None)
    assert int.from_bytes(rows[0][2:6], "little") == 300000, rows
    c.command(26, struct.pack("<I", statement))
    c.ok()
    c.command(26, struct.pack("<I", 12345))
    expect_error(1243, c.ok)


def test_cursor(s):
    for extra in (0, DEPRECATE_EOF):
        c = Client(s.port, capabilities=BASE | extra)
        statement, _, _ = c.prepare("SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3")
        c.command(23, struct.pack("<IBI", statement, 1, 1))
        count, _ = lenenc(c.read(), 0)
        for _ in range(count):
            c.read()
        status = c.status_of_end(c.read())
        assert status & 64, "no cursor"
        seen, status = [], 0
        while not status & 128:
            c.command(28, struct.pack("<II", statement, 2))
            while True:
                payload = c.read()
                if payload[0] == 0xFF:
                    raise ServerError(payload)
                if c.is_end(payload):
                    status = c.status_of_end(payload)
                    break
                seen.append(payload)
        assert len(seen) == 3
        c.command(28, struct.pack("<II", 4711, 2))
        expect_error(1243, c.ok)


def test_session_commands(s):
    c = Client(s.port)
    c.query("SET @a = 5")
    c.command(31)
    c.ok()
    assert c.value("SELECT @a") is None
    c.command(2, b"mysql")
    c.ok()
    assert c.value("SELECT DATABASE()") == "mysql"
    c.command(2, b"nosuchdb")
    expect_error(1049, c.ok)
    c.command(9)
    assert c.read().startswith(b"Uptime:")
    c.command(27, b"\x01\x00")
    c.ok()
    expect_error(1064, lambda: c.query("SELECT 1; SELECT 2"))
    c.command(27, b"\x00\x00")
    c.ok()
    c.command(27, b"\x07\x00")
    expect_error(1047, c.ok)
    c.command(17, b"root\0\0\0" + b"\x2d\x00caching_sha2_password\0")
    c.finish_login("")
    assert c.value("SELECT DATABASE()") is None
    c.command(17, b"root")  # truncated: refused, and the connection ends
    expect_error_or_closed({1043, 1045}, c.ok)


def test_field_list(s):
    c = Client(s.port)
    c.query("CREATE DATABASE IF NOT EXISTS wire_test")
    c.query("USE wire_test")
    c.query("CREATE TABLE IF NOT EXISTS f (a INT, b VARCHAR(10))")
    c.command(4, b"f\0")
    names = 0
    while not c.is_end(c.read()):
        names += 1
    assert names == 2
    c.command(4, b"nosuch\0")
    expect_error(1146, c.ok)
    c.command(4, b"no nul")
    expect_error(1835, c.ok)


def test_bad_compression(s):
    c = Client(s.port, capabilities=BASE | COMPRESS)
    c.raw(b"\x04\x00\x00\x00\x10\x00\x00\xde\xad\xbe\xef")
    c.sock.settimeout(5)
    assert c.is_closed()


def test_kill(s):
    a, b = Client(s.port), Client(s.port)
    a.command(3, b"SELECT SLEEP(20)")
    time.sleep(0.3)
    began = time.time()
    b.query("KILL QUERY %d" % a.thread_id)
    try:
        _, rows, _ = a.result()
        assert rows == [["1"]], rows
    except ServerError as e:
        assert e.number == 1317, e
    assert time.time() - began < 0.5, time.time() - began
    assert a.value("SELECT 7") == "7"
    b.query("KILL %d" % a.thread_id)
    a.sock.settimeout(2)
    assert a.is_closed()
    expect_error(1094, lambda: b.query("KILL 99999999"))


def test_vanished_client(s):
    root = Client(s.port)
    root.query("CREATE DATABASE IF NOT EXISTS wire_test")
    root.query("CREATE TABLE IF NOT EXISTS wire_test.v (a INT PRIMARY KEY, b INT)")
    root.query("REPLACE INTO wire_test.v VALUES (1, 1)")
    a = Client(s.port)
    a.query("BEGIN")
    a.query("UPDATE wire_test.v SET b = 2 WHERE a = 1")
    a.command(3, b"SELECT SLEEP(30)")
    time.sleep(0.5)
    a.close()
    began = time.time()
    root.query("UPDATE wire_test.v SET b = 3 WHERE a = 1")
    assert time.time() - began < 2, "the lock was held for %.1f s" % (time.time() - began)


def test_parked(s):
    c = Client(s.port)
    for pause in (0.01, 0.1, 0.3):
        time.sleep(pause)
        assert c.value("SELECT 1") == "1"
    c.query("SET SESSION wait_timeout = 1")
    c.sock.settimeout(10)
    c.sequence = 1
    began = time.time()
    e = expect_error(4031, c.ok)
    assert time.time() - began < 5, e
    assert c.is_closed()


def test_many_idle(s):
    root = Client(s.port)
    root.query("SET GLOBAL max_connections = 600")
    clients = [Client(s.port) for _ in range(400)]
    time.sleep(3)
    assert s.threads() < 60, s.threads()
    for c in clients:
        assert c.value("SELECT 1") == "1"
        c.close()
    root.query("SET GLOBAL max_connections = 151")


def test_max_connections(s):
    root = Client(s.port)
    time.sleep(0.5)
    root.query("CREATE USER IF NOT EXISTS plain")
    root.query("SET GLOBAL max_connections = 5")
    held = []
    try:
        def fill():
            for _ in range(20):
                held.append(Client(s.port, user="plain"))
        e = expect_error(1040, fill)
        assert e.text == "Too many connections"
        # One more, for an administrator, as soon as the refused connection has left that place.
        for attempt in range(20):
            try:
                Client(s.port).close()
                break
            except ServerError as refused:
                if refused.number != 1040 or attempt == 19:
                    raise
                time.sleep(0.1)
    finally:
        root.query("SET GLOBAL max_connections = 151")
        for c in held:
            c.close()


def test_random_bytes(s):
    seed = 20240101
    rng = random.Random(seed)
    for round_number in range(150):
        try:
            c = Client(s.port, capabilities=BASE | (DEPRECATE_EOF if round_number % 2 else 0),
                       login=round_number % 3 != 0)
            c.sock.settimeout(0.2)
            for _ in range(4):
                body = bytes(rng.randrange(256) for _ in range(rng.randrange(60)))
                if round_number % 3 and rng.random() < 0.8:
                    code = rng.choice((2, 3, 4, 9, 14, 17, 22, 23, 24, 25, 26, 27, 28, 31))
                    c.command(code, body)
                else:
                    c.raw(body)
                try:
                    c.read()
                except (socket.timeout, TimeoutError, AssertionError):
                    break
            c.close()
        except (Closed, ServerError, OSError):
            pass
    assert Client(s.port).value("SELECT 1") == "1", "seed %d" % seed


def test_stop_and_restart(s):
    root = Client(s.port)
    root.query("CREATE DATABASE IF NOT EXISTS wire_test")
    busy = Client(s.port)
    busy.command(3, b"SELECT SLEEP(30)")
    time.sleep(0.3)
    began = time.time()
    assert s.stop() == 0
    assert time.time() - began < 5, "stopping took %.1f s" % (time.time() - began)
    s.start()
    assert ["wire_test"] in Client(s.port).rows("SHOW DATABASES")


def main():
    server = Server(sys.argv[1])
    wanted = sys.argv[2:]
    failed = 0
    for name, test in [(n, f) for n, f in globals().items() if n.startswith("test_")]:
        if wanted and name not in wanted:
            continue
        began = time.time()
        try:
            test(server)
            assert server.process.poll() is None, "the server has died"
            assert Client(server.port).value("SELECT 1") == "1"
            print("ok    %-32s %.2f s" % (name, time.time() - began), flush=True)
        except Exception as e:  # noqa: BLE001: every failure is reported
            failed += 1
            print("FAIL  %-32s %s: %s" % (name, type(e).__name__, str(e)[:300]), flush=True)
            if server.process.poll() is not None:
                print(server.read_log()[-2000:])
                server.start()
    if server.process.poll() is None:
        server.stop()
    if not failed:
        shutil.rmtree(server.directory, ignore_errors=True)
    else:
        print("log: " + server.log.name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
