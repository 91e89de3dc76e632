"""PgBouncer in transaction mode in front of a PostgreSQL server: each transaction may run on another server session."""

import pathlib
from urllib.parse import unquote, urlsplit

from . import binaries, postgresql
from .private import PrivateServer, Unavailable

NAME = "PgBouncer"
HOW = "install it (apt-get install pgbouncer)"


def find():
    program = binaries.program("pgbouncer")
    if program is None and binaries.apt_install("pgbouncer"):
        program = binaries.program("pgbouncer")
    if program is None:
        raise Unavailable("no pgbouncer program")
    return pathlib.Path(program)


class Private(PrivateServer):
    """A pooler with two server sessions for the database that `target` (a URL) names."""

    accounts = ("postgres",)

    def __init__(self, target):
        self.target = urlsplit(target)
        super().__init__()

    def make_files(self):
        self.program = find()
        t = self.target
        login = f"user={unquote(t.username)}" + (f" password={unquote(t.password)}" if t.password else "")
        (self.folder / "users.txt").write_text('"anybody" ""\n')
        (self.folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = host={t.hostname} port={t.port or 5432} {login}\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            f"auth_type = trust\nauth_file = {self.folder}/users.txt\n"
            "pool_mode = transaction\ndefault_pool_size = 2\nserver_lifetime = 3600\nmax_client_conn = 50\n"
            "ignore_startup_parameters = extra_float_digits\n"
        )

    def command(self):
        return [self.program, "-q", self.folder / "pgbouncer.ini"]

    @property
    def url(self):
        return f"postgresql://anybody@127.0.0.1:{self.port}{self.target.path}"

    def ping(self):
        postgresql.connect(self.url, prepare_threshold=None).close()
