"""Sums of products over named axes, for values with and without members and rows."""

from collections.abc import Sequence
from string import ascii_lowercase, ascii_uppercase

from mtlspec import pysource as py
from mtlspec.words.ops import Value


def contracted(axes: Sequence[str], result: str, values: Sequence[Value]) -> py.Expr:
    """`torch.einsum` of values whose own axes have these letters, members and rows in front."""
    taken = set("".join(axes))
    free = [x for x in "mb" + ascii_lowercase + ascii_uppercase if x not in taken]
    members, rows = free[:2] if "m" in free else (free[1], free[0])
    leads = [members * value.stacked + rows * value.type.rows for value in values]
    lead = members * any(v.stacked for v in values) + rows * any(v.type.rows for v in values)
    terms = ",".join(own + letters for own, letters in zip(leads, axes, strict=True))
    exprs = [value.expr for value in values]
    return py.call("torch.einsum", py.Constant(f"{terms}->{lead}{result}"), *exprs)
