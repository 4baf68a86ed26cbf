"""Openline, an open deconfliction line: it warns, notifies and records. Read `flow.py` first."""

__version__ = "0.1.0"
