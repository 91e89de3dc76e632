"""The postgresql dialect: its types under their documented names, and its dialect class."""

from .array import All, Any, array, array_agg
from .base import dialect
from .dml import Insert, insert
from .ext import (
    ExcludeConstraint,
    aggregate_order_by,
    distinct_on,
    phraseto_tsquery,
    plainto_tsquery,
    to_tsquery,
    to_tsvector,
    ts_headline,
    websearch_to_tsquery,
)
from .named_types import CreateDomainType, CreateEnumType, DropDomainType, DropEnumType, NamedType
from .ranges import AbstractMultiRange, AbstractRange, AbstractSingleRange
from .types import *  # noqa: F403
