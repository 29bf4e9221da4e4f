"""The inner rooms of `quotes.py`: `sentence` (what both others read), `subjects` (who says), `statements` (what is said)."""
