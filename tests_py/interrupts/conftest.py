"""Nothing but the code under test runs Python code of its own while an exception is thrown in."""

import gc

import pytest


@pytest.fixture(autouse=True)
def no_callbacks_of_the_collector():
    """Hypothesis measures the collector by a callback; what is raised there nobody could pass on."""
    callbacks = gc.callbacks[:]
    gc.callbacks.clear()
    # What other tests left behind is not finalized in the middle of these.
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    gc.callbacks[:] = callbacks
