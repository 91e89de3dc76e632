"""The operators of expressions are in Rust; this is their name of old."""

from .. import _rs

default_operate = _rs.default_operate
