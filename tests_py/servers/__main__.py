"""`python -m servers`: say which servers the tests would use, after installing what may be installed.

`make test` runs it first, so that no test waits for a package manager. It fails when a server is required and missing.
"""

import sys

from . import pgbouncer
from .private import Unavailable
from .provision import BACKENDS, Server, required


def main():
    missing = []
    for kind, backend in BACKENDS.items():
        try:
            server = Server(kind)
            print(f"{backend.NAME}: {server.version} ({server.origin})")
            server.close()
            if not server.private:
                backend.find()  # the fault tests stop and restart a server of their own
        except Unavailable as e:
            missing.append(f"{backend.NAME}: {e}")
    try:
        print(f"{pgbouncer.NAME}: {pgbouncer.find()}")
    except Unavailable as e:
        missing.append(f"{pgbouncer.NAME}: {e}: {pgbouncer.HOW}")
    for line in missing:
        print(f"!! NOT TESTED: {line}", file=sys.stderr)
    return 1 if missing and required() else 0


if __name__ == "__main__":
    sys.exit(main())
