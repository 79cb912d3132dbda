"""Providers: the texts by which banks name what they read, and what these say.

A provider is the key of a bank, perhaps with a part or a tensor of it, or one of what is given.
"""

from mtlspec.graph.node import LabelOf
from mtlspec.names import identifier

ALL_FEATURES = "features"
"""The provider of all features, joined; how that of a part of them begins."""
WEIGHT = "!"
"""Stands between a bank's key and the path of one of its tensors, as a provider of it."""
PART = "@"
"""Stands between a block's key and the attribute of one of its parts, as a provider of it."""
BATCH = "batch"
"""The provider of raw columns."""
LABEL = "label "
"""How the providers of a task's labels begin, as they are."""
FILLED = "filled label "
"""How the providers of a task's labels begin, with 0 where a row has none."""


def key_of(provider: str) -> str:
    """The key of the bank that a provider is, or is a part of."""
    return _split(provider)[0]


def with_key(provider: str, key: str) -> str:
    """The same provider, of the bank with another key."""
    _, sign, path = _split(provider)
    return f"{key}{sign}{path}"


def path_of(provider: str) -> str:
    """Which of a bank's tensors or parts is meant, if any."""
    return _split(provider)[2]


def path_sign(provider: str) -> str:
    """`WEIGHT` or `PART`; nothing for a value."""
    return _split(provider)[1]


def _split(provider: str) -> tuple[str, str, str]:
    """The key of a provider's bank, and what of it is meant."""
    return provider.partition(PART if PART in provider else WEIGHT)


def label_provider(role: LabelOf) -> str:
    """The provider of a task's labels."""
    return f"{FILLED if role.filled else LABEL}{role.task.name}"


def is_label(provider: str) -> bool:
    """Whether a provider is what training alone knows."""
    return provider.startswith((LABEL, FILLED))


def mask_variable(name: str) -> str:
    """What the padding mask of a feature is called."""
    return f"{identifier(name)}_mask"
