"""`last`: the last token of a row."""

from mtlspec.words.tokens import TokenOp


class Last(TokenOp):
    """The last of a row's tokens; 0 for a row without any.

    Example:
        let newest = last(bought)
    """

    signature = "f32[L, d] -> f32[d]"
    functions = ("last_token",)


WORD = Last()
