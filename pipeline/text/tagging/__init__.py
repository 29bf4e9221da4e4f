"""The inner rooms of `mentions.py`, one job each.

In the order in which they work: `grammar`, `runs` and `drafts` (shapes they share), `readings` (register names), `heads` and
`owners` (roles and bodies, and whose they are), `introduced` and `people` (names the text explains), `proposed` (spans of an
optional tagger), `namesakes`, `coreference` and `offices` (who is meant), `stance` (actor, place or modifier), `anaphora`
(pronouns); `marks` finds quotation marks, for the quotes as well.
"""
