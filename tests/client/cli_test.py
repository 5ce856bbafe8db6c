#!/usr/bin/env python3
"""The command-line client against a running server.

    cli_test.py "build/dev/mahi client" HOST PORT [USER [PASSWORD]]

Output, exit codes, option files and the terminal (through a pseudo terminal) are checked. Makes and drops the
database cli_test."""
import os
import pty
import re
import select
import shlex
import subprocess
import sys
import tempfile
import time

CLIENT = shlex.split(sys.argv[1])
HOST, PORT = sys.argv[2], sys.argv[3]
USER = sys.argv[4] if len(sys.argv) > 4 else "root"
PASSWORD = sys.argv[5] if len(sys.argv) > 5 else ""
HOME = tempfile.mkdtemp(prefix="mahi_cli_test")
ENV = dict(os.environ, HOME=HOME, TERM="xterm", NO_COLOR="1")
for name in ("MYSQL_PWD", "MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT", "PAGER", "MYSQL_HISTFILE", "MYSQL_PS1"):
    ENV.pop(name, None)
BASE = ["--no-defaults", "-h", HOST, "-P", PORT, "-u", USER] + (["-p" + PASSWORD] if PASSWORD else [])
failures = 0


def run(*args, stdin="", base=BASE):
    """Returns (exit code, stdout, stderr)."""
    done = subprocess.run(CLIENT + list(base) + list(args), input=stdin.encode(), env=ENV, capture_output=True,
                          timeout=60)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def check(name, got, want):
    global failures
    ok = bool(re.search(want.pattern, got, re.S)) if isinstance(want, re.Pattern) else got == want
    if not ok:
        failures += 1
        print(f"not ok - {name}\n  got:  {got!r}\n  want: {want.pattern if isinstance(want, re.Pattern) else want!r}")
    else:
        print(f"ok - {name}")


def lines(text):
    return re.compile(text)


# ---- batch output ----
check("tab separated", run("-e", "SELECT 1 AS a, 'x' AS b; SELECT NULL AS n"), (0, "a\tb\n1\tx\nn\nNULL\n", ""))
check("escapes", run("-e", r"SELECT 'a\tb\nc\\d' AS v")[1], "v\na\\tb\\nc\\\\d\n")
check("raw", run("--raw", "-e", r"SELECT 'a\tb\nc\\d' AS v")[1], "v\na\tb\nc\\d\n")
check("no names", run("-N", "-e", "SELECT 1, 2")[1], "1\t2\n")
check("-BNe glued", run("-BNe", "SELECT 1, 2")[1], "1\t2\n")
check("nothing for an empty result", run("-e", "SELECT 1 AS a FROM (SELECT 1) t WHERE 1 = 0")[1], "")
check("table", run("-t", "-e", "SELECT 1 AS id, 'x' AS name UNION ALL SELECT 20, 'long one'")[1],
      "+----+----------+\n| id | name     |\n+----+----------+\n|  1 | x        |\n| 20 | long one |\n+----+----------+\n")
check("table with wide characters", run("-t", "-e", "SELECT '日本' AS a, 'é' AS b UNION ALL SELECT 'x', 'yy'")[1],
      "+------+----+\n| a    | b  |\n+------+----+\n| 日本 | é  |\n| x    | yy |\n+------+----+\n")
check("vertical", run("-E", "-e", "SELECT 1 AS a, 'x' AS longer")[1],
      "*************************** 1. row ***************************\n     a: 1\nlonger: x\n")
check("\\G", run("-e", r"SELECT 1 AS a\G")[1], "*************************** 1. row ***************************\na: 1\n")
check("CSV", run("--csv", "-e", "SELECT 1 AS a, 'x,\"y' AS b, NULL AS c, '' AS d")[1], 'a,b,c,d\n1,"x,""y",,""\n')
check("JSON", run("--json", "-e", "SELECT 1 AS a, 'x\"y' AS b, NULL AS c, 1.5 AS d")[1],
      '[\n  {"a": 1, "b": "x\\"y", "c": null, "d": 1.5}\n]\n')
check("JSON, no rows", run("--json", "-e", "SELECT 1 AS a FROM (SELECT 1) t WHERE 1 = 0")[1], "[]\n")
check("Markdown", run("--markdown", "-e", "SELECT 1 AS a, 'x|y' AS b")[1], "| a | b |\n|---:|---|\n| 1 | x\\|y |\n")
check("HTML", run("-H", "-e", "SELECT 1 AS a, '<' AS b")[1],
      "<TABLE BORDER=1><TR><TH>a</TH><TH>b</TH></TR><TR><TD>1</TD><TD>&lt;</TD></TR></TABLE>")
check("XML", run("-X", "-e", "SELECT NULL AS a")[1],
      lines(r'<resultset statement="SELECT NULL AS a" .*<field name="a" xsi:nil="true" />\n  </row>\n</resultset>'))
check("binary as hex", run("--binary-as-hex", "-N", "-e", "SELECT X'00ff', 'a'")[1], "0x00FF\ta\n")
check("verbose", run("-vv", "-N", "-e", "DO 1")[1],
      "--------------\nDO 1\n--------------\n\nQuery OK, 0 rows affected\n\n")
check("very verbose is a table", run("-vvv", "-e", "SELECT 1")[1], lines(r"\+---\+.*1 row in set \(\d+\.\d\d sec\)"))

# ---- statements ----
check("from a pipe", run(stdin="SELECT 1;\nSELECT 2;\nSELECT 3")[1], "1\n1\n2\n2\n3\n3\n")
check("several -e", run("-N", "-e", "SELECT 1;", "-e", "SELECT 2")[1], "1\n2\n")
check("quotes and comments", run("-N", stdin="-- x;\nSELECT ';' /* ; */, \"a;b\"; # c;\nSELECT 2 -- ;\n;")[1], ";\ta;b\n2\n")
check("a database as argument", run("-N", "information_schema", "-e", "SELECT LOWER(DATABASE())")[1], "information_schema\n")
check("-D", run("-N", "-D", "mysql", "-e", "SELECT DATABASE()")[1], "mysql\n")
check("use", run("-N", stdin="use mysql\nSELECT DATABASE();")[1], "mysql\n")
check("init-command", run("--init-command=SET @a = 7", "-N", "-e", "SELECT @a")[1], "7\n")
setup = """DROP DATABASE IF EXISTS cli_test;
CREATE DATABASE cli_test;
USE cli_test;
CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20));
INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, NULL);
"""
check("a script", run(stdin=setup + "SELECT COUNT(*) FROM t;"), (0, "COUNT(*)\n3\n", ""))
check("executable comments", run("-N", stdin="/*!40101 SET @x = 1 */;\nSELECT @x;")[1], "1\n")
with open(HOME + "/script.sql", "w") as script:
    script.write("SELECT 'from file' AS s;\nSELECT nosuch;\n")
check("source", run(stdin=f"source {HOME}/script.sql\n")[0:2], (1, "s\nfrom file\n"))
check("errors in a source file", run(stdin=f"\\. {HOME}/script.sql\n")[2],
      lines(r"^ERROR 1054 \(42S22\) at line 2 in file: '.*script.sql': Unknown column 'nosuch'"))
check("system", run(stdin="system echo hello\n\\! echo again\n")[1], "hello\nagain\n")
check("tee", run("--tee=" + HOME + "/tee.txt", "-e", "SELECT 1 AS a") + (open(HOME + "/tee.txt").read(),),
      (0, "a\n1\n", "", "a\n1\n"))

# ---- errors and exit codes ----
check("a syntax error", run("-e", "SELEC 1")[0:2], (1, ""))
check("its text", run("-e", "SELEC 1")[2], lines(r"^ERROR 1064 \(42000\) at line 1: You have an error in your SQL syntax.*near 'SELEC 1' at line 1\n$"))
check("the line", run(stdin="SELECT 1;\n\n-- c\nSELEC\n2;\n")[2], lines(r"^ERROR 1064 \(42000\) at line 4: "))
check("no line numbers", run("-L", "-e", "SELEC 1")[2], lines(r"^ERROR 1064 \(42000\): "))
check("stops at an error", run(stdin="SELECT 1;\nSELEC;\nSELECT 2;")[0:2], (1, "1\n1\n"))
check("--force goes on", run("-f", stdin="SELECT 1;\nSELEC;\nSELECT 2;")[0:2], (0, "1\n1\n2\n2\n"))
check("access denied", run("-e", "SELECT 1", base=["--no-defaults", "-h", HOST, "-P", PORT, "-u", "nobody_here", "-px"])[2],
      lines(r"^ERROR 1045 \(28000\): Access denied for user 'nobody_here'@'.*' \(using password: YES\)\n$"))
check("no server", run("-e", "SELECT 1", base=["--no-defaults", "-h", "127.0.0.1", "-P", "1"])[2],
      lines(r"^ERROR 2003 \(HY000\): Can't connect to MySQL server on '127.0.0.1:1' \(111\)\n$"))
check("an unknown database", run("no_such_db", "-e", "SELECT 1")[2], lines(r"^ERROR 1049 \(42000\): Unknown database 'no_such_db'"))
check("an unknown option", run("--no-such-option")[0], 2)
check("an unknown command", run(stdin="\\z\n")[2], lines(r"Unknown command '\\z'"))
check("warnings", run("--show-warnings", "-e", "SELECT CAST('1x' AS SIGNED) AS a")[1],
      lines(r"^a\n1\nWarning \(Code 1292\): Truncated incorrect INTEGER value: '1x'\n$"))

# ---- stored programs and delimiters ----
check("delimiter", run("-N", stdin="delimiter //\nSELECT 1; SELECT 2//\ndelimiter ;\nSELECT 3;\n")[1], "1\n2\n3\n")
check("binary mode", run("--binary-mode", "-N", stdin="SELECT '\\\\g';\n")[1], "\\\\g\n")

# ---- local files ----
with open(HOME + "/data.tsv", "w") as data:
    data.write("10\tten\n11\televen\n")
load = f"LOAD DATA LOCAL INFILE '{HOME}/data.tsv' INTO TABLE t; SELECT COUNT(*) FROM t"
check("LOAD DATA LOCAL", run("--local-infile", "-N", "cli_test", "-e", load), (0, "5\n", ""))
check("LOAD DATA LOCAL is off by default", run("-N", "cli_test", "-e", load)[0], 1)

# ---- option files ----
with open(HOME + "/.my.cnf", "w") as options:
    options.write(f"[client]\nhost = {HOST}\nport={PORT}\nuser='{USER}'\n" + (f"password={PASSWORD}\n" if PASSWORD else "") +
                  f"!include {HOME}/more.cnf\n[other]\nnonsense\n[mahi]\nskip-column-names # a comment\n")
with open(HOME + "/more.cnf", "w") as options:
    options.write("[mysql]\ndatabase=mysql\nloose-something\n")
check("~/.my.cnf", run("-e", "SELECT DATABASE()", base=["--protocol=tcp"]), (0, "mysql\n", ""))
check("--print-defaults", run("--print-defaults", base=[])[1], lines(r"--host=.*--database=mysql"))
check("--defaults-file", run("-e", "SELECT 1", base=["--defaults-file=" + HOME + "/none.cnf"])[2], lines("Could not open required defaults file"))
check("--help", run("--help", base=[])[1], lines("Usage:.*--vertical"))
check("--version", run("--version", base=[])[1], lines("Ver "))

# ---- the connection ----
ssl = run("--ssl-mode=REQUIRED", "-N", "-e", "SHOW SESSION STATUS LIKE 'Ssl_version'")
if "doesn't support" not in ssl[2]:
    check("TLS", ssl, (0, "Ssl_version\tTLSv1.3\n", ""))
    check("no TLS", run("--ssl-mode=DISABLED", "--get-server-public-key", "-N", "-e", "SHOW SESSION STATUS LIKE 'Ssl_version'")[1], "Ssl_version\t\n")
    check("a certificate without its authority", run("--ssl-mode=VERIFY_CA", "-e", "SELECT 1")[2], lines("ERROR 2026"))
for algorithm in ("zlib", "zstd"):
    check(f"compression {algorithm}", run(f"--compression-algorithms={algorithm},uncompressed", "-N", "-e", "SELECT LENGTH(REPEAT('x', 100000)), REPEAT('y', 100)")[1],
          "100000\t" + "y" * 100 + "\n")
check("latin1", run("--default-character-set=latin1", "-N", "-e", "SELECT @@character_set_client")[1], "latin1\n")
check("status", run("-e", "status")[1], lines(r"Server version:\s+\S+.*Client characterset:\s+utf8mb4"))


# ---- the terminal ----
def terminal(script, *args, env=None):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.clear()
        os.environ.update(ENV if env is None else env)
        os.execvp(CLIENT[0], CLIENT + BASE + list(args))
    out = b""

    def drain(until, seconds=10.0):
        nonlocal out
        end = time.time() + seconds
        start = len(out)
        while time.time() < end:
            ready, _, _ = select.select([fd], [], [], 0.05)
            if ready:
                try:
                    out += os.read(fd, 65536)
                except OSError:
                    return
            if until and re.search(until, out[start:]):
                return
    drain(rb"mahi> ")
    for send, until in script:
        os.write(fd, send)
        drain(until)
    try:
        # The line editor drops what is typed while it sets the terminal up for the next prompt: type it again.
        for _ in range(5):
            os.write(fd, b"\x04")
            drain(rb"Bye", 2)
            if b"Bye" in out:
                break
    except OSError:
        pass
    os.close(fd)
    os.waitpid(pid, 0)
    return out.decode("utf-8", "replace").replace("\r\n", "\n")


out = terminal([(b"select 1 a;\n", rb"sec\)"), (b"select\n", rb"-> "), (b"'x\n", rb"'> "), (b"' b;\n", rb"sec\)"),
                (b"use cli_test\n", rb"changed"), (b"update t set v='uno' where id=1;\n", rb"sec\)"),
                (b"select 1 from t whre id=1;\n", rb"\^"), (b"select * from t where 1=0;\n", rb"sec\)")])
check("banner", out, lines(r"Your connection id is \d+\nServer version: "))
check("footer", out, lines(r"\| 1 \|\n\+---\+\n1 row in set \(\d+\.\d\d sec\)\n"))
check("continuation prompts", out, lines(r"   -> .*   '> "))
check("use", out, lines("Database changed"))
check("counts and info", out, lines(r"Query OK, 1 row affected \(.*\)\nRows matched: 1  Changed: 1  Warnings: 0\n"))
check("a caret at the place of the error", out, lines(r"  select 1 from t whre id=1\n +\^"))
check("an empty set", out, lines(r"Empty set \(\d"))
out = terminal([(b"select sle\t", rb"sle"), (b"\x03", rb"\^C"), (b"select * from cli_test.\t", rb"t"), (b";\n", rb"sec\)")])
check("completion of a table behind its database", out, lines(r"in set"))
out = terminal([(b"select sleep(30);\n", rb"1\.\d+ sec"), (b"\x03", rb"mahi> "), (b"select 5+5;\n", rb"sec\)")])
check("progress and Ctrl-C", out, lines(r"\^C -- query aborted\n.*10"))
out = terminal([(b"select 7;\n", rb"sec\)")])
check("history is kept", open(HOME + "/.mahi_history").read(), lines(r"select.*7"))
check("history is private", oct(os.stat(HOME + "/.mahi_history").st_mode & 0o777), "0o600")
editor = HOME + "/editor.sh"
with open(editor, "w") as file:
    file.write("#!/bin/sh\necho 'select 40 + 2;' > \"$1\"\n")
os.chmod(editor, 0o755)
out = terminal([(b"\\e\n", rb"sec\)")], env=dict(ENV, EDITOR=editor))
check("edit", out, lines(r"42"))
out = terminal([(b"pager sed s/1/ONE/\n", rb"PAGER"), (b"select 1 x;\n", rb"sec\)"), (b"\\n\n", rb"stdout"),
                (b"prompt [\\d]\n", rb"PROMPT"), (b"help\n", rb"tee"), (b"\\d $$\n", rb""), (b"select 2$$\n", rb"sec\)"), (b"exit\n", rb"Bye")])
check("pager", out, lines(r"\| ONE \|"))
check("prompt", out, lines(r"\[\(none\)\] "))
check("help", out, lines(r"List of all client commands.*delimiter"))

run("-e", "DROP DATABASE IF EXISTS cli_test")
print(f"{failures} failures")
sys.exit(1 if failures else 0)
