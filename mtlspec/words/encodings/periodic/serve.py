"""What the network is given for periodic embeddings, as ONNX: the z-score."""

from mtlspec.words.encodings.normalize.serve import write

__all__ = ["write"]
