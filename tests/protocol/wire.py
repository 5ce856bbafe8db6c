"""A raw client of the MySQL protocol for tests: sends what a library never would."""
import hashlib
import os
import signal
import socket
import struct
import subprocess
import tempfile
import time

LONG_PASSWORD, CONNECT_WITH_DB, COMPRESS, LOCAL_FILES = 1, 8, 32, 128
PROTOCOL_41, TRANSACTIONS, SECURE_CONNECTION = 1 << 9, 1 << 13, 1 << 15
MULTI_STATEMENTS, MULTI_RESULTS, PS_MULTI_RESULTS, PLUGIN_AUTH = 1 << 16, 1 << 17, 1 << 18, 1 << 19
SESSION_TRACK, DEPRECATE_EOF, QUERY_ATTRIBUTES = 1 << 23, 1 << 24, 1 << 27
BASE = (LONG_PASSWORD | PROTOCOL_41 | TRANSACTIONS | SECURE_CONNECTION | MULTI_STATEMENTS |
        MULTI_RESULTS | PS_MULTI_RESULTS | PLUGIN_AUTH | LOCAL_FILES)


class ServerError(Exception):
    def __init__(self, payload):
        self.number = struct.unpack("<H", payload[1:3])[0]
        self.text = payload[9:].decode("utf8", "replace") if payload[3:4] == b"#" else payload[3:].decode("utf8", "replace")
        super().__init__("%d: %s" % (self.number, self.text))


class Closed(Exception):
    pass


def lenenc(data, at):
    first = data[at]
    if first < 0xFB:
        return first, at + 1
    if first == 0xFC:
        return struct.unpack("<H", data[at + 1:at + 3])[0], at + 3
    if first == 0xFD:
        return int.from_bytes(data[at + 1:at + 4], "little"), at + 4
    if first == 0xFE:
        return struct.unpack("<Q", data[at + 1:at + 9])[0], at + 9
    raise ValueError("NULL or error marker")


def text_row(payload, columns):
    row, at = [], 0
    for _ in range(columns):
        if payload[at] == 0xFB:
            row.append(None)
            at += 1
            continue
        n, at = lenenc(payload, at)
        row.append(payload[at:at + n].decode("utf8", "replace"))
        at += n
    assert at == len(payload), "bytes behind the row"
    return row


class Client:
    def __init__(self, port, user="root", password="", capabilities=BASE, database=None, host="127.0.0.1", login=True):
        self.sock = socket.create_connection((host, port), timeout=20)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sequence = 0
        self.buffer = b""
        self.capabilities = capabilities
        greeting = self.read()
        if greeting[0] == 0xFF:
            raise ServerError(greeting)
        self.greeting = greeting
        end = greeting.index(b"\0", 1)
        self.version = greeting[1:end].decode()
        self.thread_id = struct.unpack("<I", greeting[end + 1:end + 5])[0]
        low = struct.unpack("<H", greeting[end + 14:end + 16])[0]
        high = struct.unpack("<H", greeting[end + 19:end + 21])[0]
        self.server_capabilities = low | high << 16
        self.scramble = greeting[end + 5:end + 13] + greeting[end + 32:end + 44]
        if login:
            self.login(user, password, database)

    def login(self, user, password, database=None):
        caps = self.capabilities | (CONNECT_WITH_DB if database else 0)
        answer = self.sha2(password)
        packet = struct.pack("<IIB23x", caps, 1 << 24, 45) + user.encode() + b"\0" + bytes([len(answer)]) + answer
        if database:
            packet += database.encode() + b"\0"
        packet += b"caching_sha2_password\0"
        self.write(packet)
        return self.finish_login(password)

    def sha2(self, password):
        if not password:
            return b""
        d1 = hashlib.sha256(password.encode()).digest()
        mask = hashlib.sha256(hashlib.sha256(d1).digest() + self.scramble).digest()
        return bytes(a ^ b for a, b in zip(d1, mask))

    def finish_login(self, password):
        payload = self.read()
        if payload[0] == 0xFE:
            end = payload.index(b"\0", 1)
            plugin, self.scramble = payload[1:end].decode(), payload[end + 1:end + 21]
            if plugin == "mysql_native_password":
                d1 = hashlib.sha1(password.encode()).digest()
                mask = hashlib.sha1(self.scramble + hashlib.sha1(d1).digest()).digest()
                self.write(bytes(a ^ b for a, b in zip(d1, mask)) if password else b"")
            else:
                self.write(self.sha2(password))
            payload = self.read()
        if payload[:2] == b"\x01\x03":
            payload = self.read()
        if payload[0] == 0xFF:
            raise ServerError(payload)
        assert payload[0] == 0, payload
        return payload

    # -- frames
    def take(self, n):
        while len(self.buffer) < n:
            try:
                piece = self.sock.recv(1 << 16)
            except ConnectionError:
                piece = b""
            if not piece:
                raise Closed()
            self.buffer += piece
        piece, self.buffer = self.buffer[:n], self.buffer[n:]
        return piece

    def read(self):
        payload = b""
        while True:
            header = self.take(4)
            n = int.from_bytes(header[:3], "little")
            assert header[3] == self.sequence, "sequence %d, expected %d" % (header[3], self.sequence)
            self.sequence = (self.sequence + 1) & 255
            payload += self.take(n)
            if n != 0xFFFFFF:
                return payload

    def write(self, payload):
        out = b""
        while True:
            part, payload = payload[:0xFFFFFF], payload[0xFFFFFF:]
            out += len(part).to_bytes(3, "little") + bytes([self.sequence]) + part
            self.sequence = (self.sequence + 1) & 255
            if len(part) != 0xFFFFFF:
                break
        self.sock.sendall(out)

    def raw(self, data):
        self.sock.sendall(data)

    def command(self, code, body=b""):
        self.sequence = 0
        self.write(bytes([code]) + body)

    # -- answers
    def ok(self):
        payload = self.read()
        if payload[0] == 0xFF:
            raise ServerError(payload)
        assert payload[0] in (0, 0xFE), payload
        affected, at = lenenc(payload, 1) if payload[0] == 0 else (0, 1)
        return affected

    def is_end(self, payload):
        if payload[0] != 0xFE:
            return False
        return len(payload) < 0xFFFFFF if self.capabilities & DEPRECATE_EOF else len(payload) < 9

    def status_of_end(self, payload):
        if self.capabilities & DEPRECATE_EOF:
            _, at = lenenc(payload, 1)
            _, at = lenenc(payload, at)
            return struct.unpack("<H", payload[at:at + 2])[0]
        return struct.unpack("<H", payload[3:5])[0]

    def columns(self, count):
        names = []
        for _ in range(count):
            payload, at = self.read(), 0
            for field in range(5):
                n, at = lenenc(payload, at)
                text, at = payload[at:at + n], at + n
            names.append(text.decode())
        if count and not self.capabilities & DEPRECATE_EOF:
            assert self.is_end(self.read())
        return names

    def result(self, decode=text_row):
        """One result: (names, rows, status), or an affected row count for OK."""
        payload = self.read()
        if payload[0] == 0xFF:
            raise ServerError(payload)
        if payload[0] == 0:
            affected, at = lenenc(payload, 1)
            _, at = lenenc(payload, at)
            return None, affected, struct.unpack("<H", payload[at:at + 2])[0]
        count, _ = lenenc(payload, 0)
        names = self.columns(count)
        rows = []
        while True:
            payload = self.read()
            if payload[0] == 0xFF:
                raise ServerError(payload)
            if self.is_end(payload):
                return names, rows, self.status_of_end(payload)
            rows.append(decode(payload, count) if decode else payload)

    def query(self, sql):
        if isinstance(sql, str):
            sql = sql.encode()
        prefix = b"\x00\x01" if self.capabilities & QUERY_ATTRIBUTES else b""
        self.command(3, prefix + sql)
        return self.result()

    def rows(self, sql):
        return self.query(sql)[1]

    def value(self, sql):
        return self.rows(sql)[0][0]

    def prepare(self, sql):
        self.command(22, sql.encode())
        payload = self.read()
        if payload[0] == 0xFF:
            raise ServerError(payload)
        statement, columns, parameters = struct.unpack("<IHH", payload[1:9])
        self.columns(parameters)
        self.columns(columns)
        return statement, columns, parameters

    def is_closed(self):
        try:
            while True:
                self.take(1)
        except (Closed, socket.timeout, TimeoutError):
            return True

    def close(self):
        self.sock.close()


class Server:
    """A server of its own on an empty data directory."""

    def __init__(self, binary, *options):
        self.binary, self.options = binary, options
        self.directory = tempfile.mkdtemp(prefix="mahi-protocol-")
        self.data = os.path.join(self.directory, "data")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.socket_path = os.path.join(self.directory, "s.sock")
        self.log = open(os.path.join(self.directory, "log"), "ab")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.binary, "server", "--no-defaults", "--datadir=" + self.data, "--port=%d" % self.port,
             "--bind-address=127.0.0.1", "--socket=" + self.socket_path, *self.options],
            stdout=self.log, stderr=self.log)
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit("the server ended:\n" + self.read_log())
            try:
                Client(self.port).close()
                return
            except (ConnectionError, Closed, ServerError):
                time.sleep(0.05)
        raise SystemExit("the server does not answer:\n" + self.read_log())

    def read_log(self):
        with open(self.log.name, errors="replace") as f:
            return f.read()

    def threads(self):
        with open("/proc/%d/status" % self.process.pid) as f:
            return int(next(line for line in f if line.startswith("Threads:")).split()[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)
