"""A server process of our own: its files in a temporary folder, its port free, everything gone afterwards."""

import atexit
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from .binaries import is_root

START_SECONDS = 60.0


class Unavailable(Exception):
    """There is no such server and none can be started; the message says how to get one."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def account(*names):
    """The account that a server runs as: the first that exists when we are root (servers refuse to run as root), else ours."""
    if not is_root():
        return None
    for name in (*names, "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None


class PrivateServer:
    """Base of the private servers: a subclass says how files are made, which command serves them and who answers.

    `folder` holds data, log and socket. `close()` ends the process and removes the folder; it also runs at exit.
    """

    accounts = ()
    stop_signal = signal.SIGTERM

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="oxa-", dir="/tmp" if os.path.isdir("/tmp") else None))
        self.port = free_port()
        self.user = account(*self.accounts)
        self.process = None
        if self.user:
            shutil.chown(self.folder, self.user)
        atexit.register(self.close)
        try:
            self.make_files()
            self.start()
        except BaseException:
            self.close()
            raise

    def make_files(self):
        raise NotImplementedError

    def command(self):
        raise NotImplementedError

    def ping(self):
        """Log in once; raises the driver's error while the server does not answer."""
        raise NotImplementedError

    def run(self, *command):
        """Run a set-up program as the server's account."""
        out = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=120, **self.as_user())
        if out.returncode != 0:
            raise Unavailable(f"{command[0]} failed: {(out.stderr or out.stdout).strip()[-500:]}")

    def as_user(self):
        options = {"cwd": self.folder, "env": {**os.environ, "HOME": str(self.folder), "TMPDIR": str(self.folder)}}
        if self.user:
            options |= {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}
        return options

    def start(self):
        # A session of its own: Ctrl-C in the terminal ends the tests, and the tests end the server.
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [*map(str, self.command())],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                **self.as_user(),
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self.ping()
            except Exception as e:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise Unavailable(f"{self.command()[0]} does not answer: {e}\n{self.log()[-1500:]}") from e
                time.sleep(0.05)

    def log(self):
        return (self.folder / "server.log").read_text(errors="replace")

    def stop(self):
        """End the server in order, its clients thrown out."""
        self.end(self.stop_signal)

    def kill(self):
        """End the server as a power failure would."""
        self.end(signal.SIGKILL)

    def end(self, how):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(30)
        self.process = None

    def restart(self):
        self.stop()
        self.start()

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)
