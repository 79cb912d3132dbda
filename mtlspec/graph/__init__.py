"""Tree → graph.

Expressions hold expressions of every kind, so the modules that give them their worth know one
another. They are loaded from here, in an order that serves them all: indices first, which hold
expressions and are held by every other.
"""

from mtlspec.graph.indexing import picks as picks
