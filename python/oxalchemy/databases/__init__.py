"""Dialect modules under their 0.5 names."""

from . import mysql, oracle, postgres, sqlite

postgresql = postgres

__all__ = ["mysql", "oracle", "postgres", "postgresql", "sqlite"]
