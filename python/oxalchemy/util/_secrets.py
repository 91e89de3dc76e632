"""What is said to connect is not kept by tracebacks: error reporters show the locals of every frame."""

import functools
import os

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep


def _forget_locals(error, seen):
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        trace = error.__traceback__
        while trace is not None:
            # The user's own frames are the user's affair.
            if trace.tb_frame.f_code.co_filename.startswith(_PACKAGE):
                try:
                    trace.tb_frame.clear()
                except RuntimeError:
                    pass  # it is still running: its own wrapper clears it
            trace = trace.tb_next
        _forget_locals(error.__cause__, seen)
        error = error.__context__


def hides_arguments(fn):
    """A function whose arguments hold a password: when it raises, no frame of ours in the traceback keeps them."""

    @functools.wraps(fn)
    def hidden(*args, **kwargs):
        try:
            return fn(*args, **kwargs)
        except BaseException as error:
            _forget_locals(error, set())
            raise
        finally:
            del args, kwargs

    return hidden
