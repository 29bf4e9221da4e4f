"""Tidywire: raw news text in, a tidy, citable research dataset out.

`definitions.py` is the front door for Dagster, `cli.py` for the terminal; `text/` holds the pure functions.
"""
