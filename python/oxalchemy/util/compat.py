"""Facts about the interpreter, and small conversions."""

import sys

py312 = sys.version_info >= (3, 12)
py313 = sys.version_info >= (3, 13)
py314 = sys.version_info >= (3, 14)
py3k = True
py2k = False
pypy = sys.implementation.name == "pypy"
cpython = sys.implementation.name == "cpython"
win32 = sys.platform.startswith("win")
osx = sys.platform.startswith("darwin")
is64bit = sys.maxsize > 2**32
has_refcount_gc = cpython
int_types = (int,)
string_types = (str,)
text_type = str
binary_type = bytes


def inspect_getfullargspec(func):
    """``inspect.getfullargspec()``; the module is large and is loaded by the first who asks."""
    import inspect

    return inspect.getfullargspec(func)


def b(s):
    """Latin-1 bytes of a text."""
    return s.encode("latin-1")


def b64decode(x):
    import base64

    return base64.b64decode(x.encode("ascii"))


def b64encode(x):
    import base64

    return base64.b64encode(x).decode("ascii")


def decode_backslashreplace(text, encoding):
    return text.decode(encoding, errors="backslashreplace")


def cmp(a, b):
    return (a > b) - (a < b)


def formatannotation(annotation):
    import inspect

    return inspect.formatannotation(annotation)
