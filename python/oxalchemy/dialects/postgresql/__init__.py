"""The postgresql dialect: its types under their documented names, and its dialect class."""

from .base import dialect
from .dml import Insert, insert
from .ext import All, Any, aggregate_order_by, array, array_agg, distinct_on
from .types import *  # noqa: F403
