"""Tree → graph.

Expressions hold expressions of every kind, so the modules that give them their worth know one
another. They are loaded from here, in the one order that serves them all.
"""

from mtlspec.graph import express as express
