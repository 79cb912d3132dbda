"""What the data give to periodic embeddings: the z-score, as `normalize` has it."""

from mtlspec.words.encodings.normalize.run import Fitted, encode, fit

__all__ = ["Fitted", "encode", "fit"]
