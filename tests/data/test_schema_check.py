"""Columns against what the spec reads: each mistake names the place in the spec and the file."""

import pyarrow as pa
import pytest

from mtlspec.check.conditions import conditions_read_columns
from mtlspec.check.leaks import leaks
from mtlspec.data import check_schema, load_table, needed_columns
from mtlspec.diagnostics import SpecError
from tests.data.spec import schema, table, told, write

COLUMNS = pa.schema(
    {
        "age": pa.int64(),
        "education": pa.string(),
        "hours": pa.float64(),
        "citizen": pa.bool_(),
        "price": pa.decimal128(9, 2),
        "born": pa.timestamp("us"),
        "tags": pa.list_(pa.string()),
        "place": pa.struct({"x": pa.float64()}),
        "photo": pa.binary(),
        "code": pa.dictionary(pa.int8(), pa.large_string()),
        "blank": pa.null(),
        "income": pa.string(),
        "bought": pa.int8(),
    }
)
TASK = "tasks { rich : binary(label: bought) }"


def mistakes(fields: str) -> str:
    return told(check_schema(schema(fields), COLUMNS, "people.parquet"))


@pytest.mark.parametrize(
    "column", ["age", "education", "hours", "citizen", "price", "code", "blank"]
)
def test_what_a_category_can_read(column: str):
    assert mistakes(f"features {{ {column} : category }} {TASK}") == ""


@pytest.mark.parametrize("column", ["age", "hours", "citizen", "price", "blank"])
def test_what_a_number_can_read(column: str):
    assert mistakes(f"features {{ {column} : numeric }} {TASK}") == ""


@pytest.mark.parametrize("column", ["born", "tags", "place", "photo"])
@pytest.mark.parametrize("word", ["numeric", "category"])
def test_what_no_feature_can_read(column: str, word: str):
    text = mistakes(f"features {{ {column} : {word} }} {TASK}")
    assert (
        f"MTL0611\n`{word}` cannot read `{column}`, which is {COLUMNS.field(column).type}" in text
    )
    assert "in `people.parquet`" in text
    assert "integers" in text


def test_a_number_of_strings_is_told_to_be_a_category():
    text = mistakes(f"features {{ schooling : numeric(column: education) }} {TASK}")
    assert "`numeric` cannot read `education`, which is string" in text
    assert "schooling <- type string" in text
    assert "category(dim: 8)" in text


def test_all_missing_columns_are_told_at_once_with_what_was_meant():
    text = mistakes(
        "features { agee, hour : numeric }"
        'tasks { rich : binary(label: incom == "x", where: zzz == 1 or zzz == 2) }'
    )
    assert text.count("MTL0610") == 1
    assert "`people.parquet` lacks 4 columns that the spec reads\npeople.parquet" in text
    assert "agee <- did you mean `age`?" in text
    assert "hour <- did you mean `hours`?" in text
    assert "incom <- did you mean `income`?" in text
    assert "its columns are `age`, `education`" in text


def test_of_many_missing_columns_some_are_marked_and_all_are_named():
    names = ", ".join(f"c{n}" for n in range(70))
    (error,) = check_schema(
        schema(f"features {{ {names} : numeric  z : numeric(column: agee) }} {TASK}"),
        COLUMNS,
        "people.parquet",
    )
    assert error.headline() == "`people.parquet` lacks 71 columns that the spec reads"
    assert [label.span.text for label in error.labels()] == ["c0", "c1", "c2", "c3", "c4"]
    assert [label.primary for label in error.labels()] == [True, *[False] * 4]
    others, columns = error.notes()
    assert others.startswith("66 more are missing: `c5`, `c6`, ")
    assert others.endswith("`c64` and 6 more")
    assert columns.startswith("its columns are `age`, `education`")


def test_the_column_of_a_feature_of_another_name_is_named_beside_it():
    text = mistakes(f"features {{ years, hours : numeric(column: agee) }} {TASK}")
    assert "`people.parquet` has no column `agee`" in text
    assert "years <- reads `agee`, did you mean `age`?" in text
    assert "hours <-" not in text


def test_a_label_without_a_condition_is_the_column_of_the_tasks_name():
    assert mistakes("features { age : numeric } tasks { bought : binary }") == ""
    assert "has no column `rich`" in mistakes("features { age : numeric } tasks { rich : binary }")


def test_a_label_of_strings_asks_for_a_condition():
    text = mistakes("features { age : numeric } tasks { income : binary }")
    assert "MTL0615\nthe label of `income` is string in `people.parquet`" in text
    assert 'label: income == "…"' in text


def test_a_string_compared_with_a_number_points_at_both_and_at_the_file():
    text = mistakes("features { age : numeric } tasks { rich : binary(label: income == 1) }")
    assert "MTL0620\nboth sides of a comparison are of one type\npeople.parquet" in text
    assert "income <- a string in `people.parquet`" in text
    assert "1 <- a number" in text


@pytest.mark.parametrize(
    ("label", "part", "said"),
    [
        ("income + 1 > 2", "income", "`+` takes numbers, but this is a string"),
        ('-income < "a"', "income", "`-` takes numbers, but this is a string"),
        ("not age", "age", "`not` takes conditions, but this is a number"),
        ("age and citizen", "age", "`and` takes conditions, but this is a number"),
        ('citizen or "x"', '"x"', "`or` takes conditions, but this is a string"),
    ],
)
def test_parts_of_another_type(label: str, part: str, said: str):
    text = mistakes(f"features {{ hours : numeric }} tasks {{ rich : binary(label: {label}) }}")
    assert f"MTL0621\n{said}" in text
    assert f"\n{part} <- " in text


def test_two_mistakes_in_one_condition_are_both_told():
    text = mistakes(
        'features { hours : numeric } tasks { rich : binary(label: age == "x" or income < 3) }'
    )
    assert text.count("MTL0620") == 2


def test_a_sample_space_is_a_condition():
    fields = "features {{ age : numeric }} tasks {{ bought : binary(where: {}) }}"
    assert mistakes(fields.format("citizen")) == ""
    text = mistakes(fields.format("hours"))
    assert "`where:` takes a condition, but this is a number" in text
    assert "`hours != 0`" in text


def test_a_condition_cannot_read_times_but_can_ask_whether_they_are_missing():
    fields = "features {{ age : numeric }} tasks {{ bought : binary(where: {}) }}"
    assert "MTL0623\na condition cannot read `born`" in mistakes(fields.format("born > 3"))
    assert mistakes(fields.format("missing(born)")) == ""


def test_needed_columns_are_those_of_features_labels_and_sample_spaces_once_each():
    found = schema(
        "features { age : numeric  years : numeric(column: age)  education : category }"
        'tasks { rich : binary(label: income == "a" or income == "b", where: missing(hours)) }'
    )
    assert needed_columns(found) == ("age", "education", "income", "hours")
    assert needed_columns(found, labels=False) == ("age", "education")


def test_loading_reads_needed_columns_alone(tmp_path):
    path = write(tmp_path / "a.csv", "age,name,bought\n3,ann,1\n")
    found = schema(f"features {{ age : numeric }} {TASK}")
    assert load_table(found, path).column_names == ["age", "bought"]
    assert load_table(found, path, labels=False).column_names == ["age"]


def test_loading_tells_all_that_is_wrong_with_the_columns(tmp_path):
    path = write(tmp_path / "a.csv", "age,name\n3,ann\n")
    with pytest.raises(SpecError) as caught:
        load_table(schema(f"features {{ name : numeric }} {TASK}"), path)
    assert [d.id for d in caught.value.diagnostics] == ["MTL0611", "MTL0610"]


# --- what needs no data --------------------------------------------------------------------------


def leaking(fields: str) -> str:
    return told(leaks(schema(fields)))


def test_a_feature_that_reads_the_column_of_a_label_is_an_error():
    text = leaking(
        'features { pay : category(column: income) } tasks { rich : binary(label: income == "x") }'
    )
    assert "MTL0602\nfeature `pay` and the label of `rich` both read `income`" in text
    assert "pay <- reads column `income`" in text
    assert "income <- so does the label of `rich`" in text


def test_the_label_without_a_condition_leaks_too():
    assert "MTL0602" in leaking("features { pay : category(column: rich) } tasks { rich : binary }")


def test_a_label_that_reads_a_column_twice_leaks_once():
    text = leaking(
        "features { pay : numeric(column: a) } tasks { rich : binary(label: a > 1 or a < 0) }"
    )
    assert text.count("MTL0602") == 1


def test_the_column_of_a_sample_space_may_be_a_feature():
    assert leaking("features { age : numeric } tasks { rich : binary(where: age > 17) }") == ""


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("relu(age)", "the call of `relu`"),
        ("missing(age > 1)", "`missing` of anything but one column"),
        ("age == none", "`none`"),
        ("[age] == 1", "`[age]`"),
        ("age -> relu", "`age -> relu`"),
    ],
)
def test_what_cannot_be_part_of_a_condition(label: str, said: str):
    fields = f"features {{ age : numeric }} tasks {{ rich : binary(label: {label}) }}"
    text = told(conditions_read_columns(schema(fields)))
    assert f"MTL0622\n{said} has no meaning in a condition on the raw row" in text
    assert told(check_schema(schema(fields), table(age=[1]).schema, "rows.csv")) == text
