"""Registers as files: `reading` (ours and the user's), `newcomers` and `add` (the guided way to a new row).

What a register means is `text/register.py`; this is where its files are read and written.
"""
