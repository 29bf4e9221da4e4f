"""Pure functions from text to annotations, usable in a notebook.

Nothing in this package imports Dagster, DuckDB or the file system: knowledge (rules, register, abbreviations) is
handed in as rows, text as `str`, and every result points back into that text by `char_start`/`char_end` (0-based,
half-open, code points).
"""
