"""The words whose blocks hold fields."""

from collections.abc import Mapping

BLOCKS: Mapping[str, str] = {
    "features": """\
`features`: what the columns of the data hold; in a model, all of them as one value.

A block of fields `name, name : type(options)`. A field ends where the next `name :` begins; no
comma stands between two of them. The name is that of the column, unless `column:` says otherwise.
In a model `features` is all columns side by side, and a feature's own name is its column alone.

Example:
    features {
        price, hour : numeric(normalize)
        shop        : category(dim: 16)
    }
""",
    "tasks": """\
`tasks`: what is predicted.

A block of fields `name : kind(options)`. `label:` is the column or the condition that is to be
predicted, by default the column of the task's name; `where:` says for which rows. The set of all
tasks, in the order of their fields, is called `task`.

Example:
    tasks {
        share  : binary(label: shared)
        repeat : binary(label: visits > 1, where: shared == 1)
    }
""",
    "train": """\
`train`: how the model is trained.

A block of fields `name : value`, each with a default, so that the whole block may be left out:
`optimizer`, `batch`, `epochs`, `valid`, `balance`, `select` and others.

Example:
    train {
        optimizer : adamw(lr: 3e-4)
        batch     : 2048
        epochs    : 3
    }
""",
    "stage": """\
`stage`: a part of the training with tasks, length and balance of its own.

Stages stand in `train` and follow each other in the order of the file. Parameters carry over from
one to the next; a head that is new in a stage starts fresh.

Example:
    train {
        stage warm { tasks : click  epochs : 1 }
        stage both { tasks : click, cart  epochs : 3 }
    }
""",
}
