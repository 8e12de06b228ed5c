"""A real IMAP server on this machine, with one user and their folders; from the package `dovecot-imapd`."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER, PASSWORD = "heard", "s3cret"
MISSING = "No IMAP server to test with: install dovecot-imapd"

_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""


class MailServer:
    """One that runs: what lies in its folders, and how it is named in the environment."""

    def __init__(self, port: int) -> None:
        self.port = port

    def environ(self, scheme: str = "imap+plain", **more: str) -> dict[str, str]:
        url = f"{scheme}://{USER}@localhost:{self.port}/INBOX"
        return {"HEARD_IMAP_URL": url, "HEARD_IMAP_PASSWORD": PASSWORD, **more}

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        server = imaplib.IMAP4("localhost", self.port, timeout=10)
        server.login(USER, PASSWORD)
        try:
            yield server
        finally:
            server.logout()

    def put(self, *mails: bytes) -> None:
        with self.opened() as server:
            for one in mails:
                assert server.append("INBOX", "", imaplib.Time2Internaldate(time.time()), one)[0] == "OK"

    def count(self, folder: str = "INBOX", which: str = "ALL") -> int:
        with self.opened() as server:
            server.select(folder, readonly=True)
            return len(server.search(None, which)[1][0].split())


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    """One that is open; its certificate is `cert.pem` in the folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "dovecot.conf").write_text(_CONFIG.format(**_people(folder), password=PASSWORD, port=port, folder=folder))
    command = [shutil.which("dovecot") or "dovecot", "-F", "-c", str(folder / "dovecot.conf")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port, folder / "log")
        yield MailServer(port)
    finally:
        process.terminate()
        process.wait(10)


def _people(folder: Path) -> dict[str, object]:
    """Who runs the server's parts: ourselves, or the users that its package has made: none of them runs as root."""
    if os.getuid() != 0:
        me, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        return {"login": me, "internal": me, "group": group, "uid": os.getuid(), "gid": os.getgid()}
    nobody = pwd.getpwnam("nobody")
    folder.chmod(0o755)
    for name in ("mail", "home"):
        (folder / name).mkdir()
        os.chown(folder / name, nobody.pw_uid, nobody.pw_gid)
    told: dict[str, object] = {"uid": nobody.pw_uid, "gid": nobody.pw_gid}
    return {"login": "dovenull", "internal": "dovecot", "group": "dovecot", **told}


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert process.poll() is None, log.read_text() if log.exists() else "it does not start"
            time.sleep(0.1)
    raise AssertionError(log.read_text())
