"""Counts the parameters of Keras models from source text alone."""

__version__ = "0.1.0"
