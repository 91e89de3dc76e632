"""A stand-in for the ``cython`` module: everything that needs speed is in Rust, so nothing here is compiled."""

compiled = False


def _identity(fn):
    return fn


def _factory(*_args, **_kw):
    return _identity


cclass = ccall = cfunc = _identity
inline = final = _identity
boundscheck = wraparound = returns = locals = exceptval = nogil = annotation_typing = _factory  # noqa: A001
NULL = None
longlong = int
ulonglong = int
Py_ssize_t = int
uint = int
int = int  # noqa: A001, PLW0127
bint = bool


def declare(_type=None, value=None, **_kw):
    return value


def cast(_type, value, **_kw):
    return value
