"""What is known in training alone: null where the model is judged and where it serves."""

from mtlspec.data import encode, encode_features, fit, needed_columns
from tests.data.spec import schema, table

SCHEMA = schema(
    """
    features {
        city : category
        rank : category(serving: none)
        page : numeric(serving: none)
        past : numeric(column: click, leak: yes)
    }
    tasks { click : binary }
    """
)
ROWS = table(city=["a", "b"], rank=[7, 9], page=[1.0, 3.0], click=[0, 1])


def test_training_knows_it_and_what_is_judged_does_not():
    fitted = fit(SCHEMA, ROWS)
    trained, _ = encode(SCHEMA, fitted, ROWS).batch(slice(None))
    judged, _ = encode(SCHEMA, fitted, ROWS, served=True).batch(slice(None))
    assert trained["rank"].tolist() == [2, 3]
    assert judged["rank"].tolist() == [0, 0]
    assert trained["page"].tolist() == [[1, 0], [3, 0]]
    assert judged["page"].tolist() == [[2, 1], [2, 1]]
    assert judged["city"].tolist() == trained["city"].tolist()


def test_serving_needs_no_such_column():
    served = ROWS.select(["city", "click"])
    batch, _ = encode_features(SCHEMA, fit(SCHEMA, ROWS), served).batch(slice(None))
    assert batch["rank"].tolist() == [0, 0]
    assert needed_columns(SCHEMA, labels=False) == ("city", "click")
    assert set(needed_columns(SCHEMA)) == {"city", "rank", "page", "click"}
