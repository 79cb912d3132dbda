"""Bodies: the statements of a model or of an iteration, and the streams that they move."""
