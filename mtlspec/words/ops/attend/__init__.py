"""`attend`: a weighted mean of tokens, the more alike their keys are to a query the heavier."""

from mtlspec.words.tokens import TokenOp


class Attend(TokenOp):
    """softmax(q·k / √d) v over the tokens of a row; 0 for a row without any.

    Scaled dot-product attention of one query, Vaswani et al., NeurIPS 2017, eq. 1. With the
    candidate as the query and a user's history as keys and values it is what Deep Interest
    Network's activation unit does (Zhou et al., KDD 2018), with a softmax.

    Example:
        let taste = attend(item, bought, bought)
    """

    signature = "f32[d], f32[L, d], f32[L, e] -> f32[e]"
    functions = ("attend",)


WORD = Attend()
