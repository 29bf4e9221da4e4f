"""The inner rooms of `register.py`, `mentions.py` and `quotes.py`, one job each.

In the order in which they work: `register_rows` and `aliases` (what the register holds), `grammar`, `runs` and `drafts`
(shapes they share), `readings` (register names), `heads` (roles and bodies), `introduced` and `people` (names the text
explains), `coreference` and `offices` (who is meant), `stance` (actor, place or modifier), `anaphora` (pronouns), `marks`
(quotation marks).
"""
