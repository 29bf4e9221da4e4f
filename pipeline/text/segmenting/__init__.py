"""The inner rooms of `sentences.py`: which class a word belongs to, and whether a mark ends a sentence."""
