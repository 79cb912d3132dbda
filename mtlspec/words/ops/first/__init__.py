"""`first`: the first token of a row."""

from mtlspec.words.tokens import TokenOp


class First(TokenOp):
    """The first of a row's tokens; 0 for a row without any.

    Example:
        let oldest = first(bought)
    """

    signature = "f32[L, d] -> f32[d]"
    functions = ("first_token",)


WORD = First()
