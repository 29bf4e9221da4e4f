"""The inner rooms of `register.py`: what a register holds, one job each.

`register_rows` (the rows and what they become), `aliases` (the surface forms they stand for), `overlay` (one register laid
over another), `petrarch` (dictionaries in that format), `casing` (their capitals as spellings), `cameo` (their codes).
"""
