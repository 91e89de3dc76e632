"""Where the programs of a database server are, and how to get them when they are not there."""

import functools
import glob
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys

FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/mysql/bin", "/opt/homebrew/bin", "/usr/local/bin"]


def folders():
    """Where to look beside PATH. Debian and Ubuntu keep the PostgreSQL servers apart, one folder a version; newest first."""
    versions = glob.glob("/usr/lib/postgresql/*/bin")
    return [*sorted(versions, key=lambda p: float(p.split("/")[4]), reverse=True), *FOLDERS]


def program(*names):
    """Path of the first of these programs that is installed, or None."""
    for name in names:
        found = shutil.which(name, path=os.pathsep.join([*folders(), os.environ.get("PATH", "")]))
        if found:
            return os.path.realpath(found)
    return None


def is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0


def can_apt():
    return is_root() and shutil.which("apt-get") is not None


def run_quietly(command, **kwargs):
    """Run a set-up command; False when it fails. What it printed goes to stderr then, for a server is missing now."""
    out = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **kwargs)
    if out.returncode != 0:
        print(f"{' '.join(map(str, command))} failed:\n{out.stdout[-1000:]}{out.stderr[-1000:]}", file=sys.stderr)
    return out.returncode == 0


@functools.cache
def apt_update():
    return run_quietly(["apt-get", "update", "-qq"], timeout=300)


def apt_install(package):
    """Install a Debian package when we may (root on Debian or Ubuntu); False when not."""
    if not can_apt():
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package]
    return run_quietly(command, env=env, timeout=600) or (apt_update() and run_quietly(command, env=env, timeout=600))


def pip_install(package):
    """Install a package of PyPI into this environment, unless it is not a virtual one; False when it cannot be had."""
    if sys.prefix == sys.base_prefix:
        return False
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
    done = run_quietly(command, timeout=300)
    importlib.invalidate_caches()
    return done


def package_folder(module):
    """Folder of an installed Python package, or None."""
    spec = importlib.util.find_spec(module)
    return pathlib.Path(spec.origin).parent if spec and spec.origin else None
