"""The inner rooms of `boilerplate.py`: what a rule row means, how lines look, titles and their echoes."""
