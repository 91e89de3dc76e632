"""Queues as pools use them."""

from queue import Empty, Full  # noqa: F401
from queue import LifoQueue as _Lifo
from queue import Queue as _Queue


class QueueCommon:
    """What both queues have in common."""


class Queue(QueueCommon):
    """First in, first out; with ``use_lifo`` last in, first out."""

    def __init__(self, maxsize=0, use_lifo=False):
        self._queue = (_Lifo if use_lifo else _Queue)(maxsize)
        self.maxsize = maxsize
        self.use_lifo = use_lifo

    def __getattr__(self, name):
        return getattr(self._queue, name)
