"""Fixtures that every folder of tests uses."""

import pathlib
import shutil

import pytest

pytest_plugins = ["servers.fixtures"]

ROOT = pathlib.Path(__file__).resolve().parent.parent


@pytest.fixture
def chinook(tmp_path):
    """Path of a private copy of the Chinook database."""
    copy = tmp_path / "chinook.sqlite"
    shutil.copyfile(ROOT / "data" / "chinook.sqlite", copy)
    return copy
