"""Files of a data set become one table, or an error that says what is wrong with which file."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtlspec.data import list_files, read_schema, read_table
from mtlspec.data.files import origin
from mtlspec.diagnostics import SpecError
from tests.data.spec import table, told, write

PEOPLE = table(age=[30, None, 41], name=["ann", "", None])


def parquet(path: Path, content: pa.Table = PEOPLE) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(content, str(path))
    return str(path)


def mistakes(read: Callable[[], object]) -> str:
    with pytest.raises(SpecError) as caught:
        read()
    return told(caught.value.diagnostics)


def test_a_parquet_file_is_read_whole(tmp_path: Path):
    found = read_table(parquet(tmp_path / "a.parquet"))
    assert found.column("age").to_pylist() == [30, None, 41]
    assert found.column("name").to_pylist() == ["ann", "", None]


def test_strings_come_as_dictionaries_so_that_each_value_is_handled_once(tmp_path: Path):
    found = read_table(parquet(tmp_path / "a.parquet"))
    assert isinstance(found.schema.field("name").type, pa.DictionaryType)


def test_types_are_told_as_the_file_has_them(tmp_path: Path):
    found = read_schema(parquet(tmp_path / "a.parquet"))
    assert [(field.name, str(field.type)) for field in found] == [
        ("age", "int64"),
        ("name", "string"),
    ]


def test_only_needed_columns_are_read_and_absent_ones_left_out(tmp_path: Path):
    found = read_table(parquet(tmp_path / "a.parquet"), ["name", "income"])
    assert found.column_names == ["name"]


def test_rows_are_counted_even_where_no_column_is_needed(tmp_path: Path):
    assert read_table(parquet(tmp_path / "a.parquet"), []).num_rows == 3


def test_parquet_is_known_by_its_first_bytes_not_by_its_name(tmp_path: Path):
    assert read_table(parquet(tmp_path / "part-0000")).num_rows == 3


def test_an_empty_field_of_csv_is_null_and_types_are_inferred(tmp_path: Path):
    found = read_table(write(tmp_path / "a.csv", "age,name,rate,ok\n30,ann,0.5,true\n,,,\n"))
    assert found.column("age").to_pylist() == [30, None]
    assert found.column("name").to_pylist() == ["ann", None]
    assert found.column("rate").to_pylist() == [0.5, None]
    assert found.column("ok").to_pylist() == [True, None]


def test_the_word_null_in_csv_is_a_string(tmp_path: Path):
    found = read_table(write(tmp_path / "a.csv", "name\nnull\nNA\n"))
    assert found.column("name").to_pylist() == ["null", "NA"]


def test_the_type_of_a_csv_column_may_show_in_its_last_row(tmp_path: Path):
    path = write(tmp_path / "a.csv", "zip\n" + "4109\n" * 300_000 + "K1A 0B1\n")
    assert str(read_schema(path).field("zip").type) == "string"
    assert read_table(path).column("zip")[0].as_py() == "4109"


def test_a_directory_is_read_whole_without_hidden_files(tmp_path: Path):
    parquet(tmp_path / "d" / "b.parquet")
    parquet(tmp_path / "d" / "year=94" / "a.parquet")
    write(tmp_path / "d" / "c.csv", "age,name\n7,cid\n")
    write(tmp_path / "d" / ".hidden.csv", "age\n8\n")
    write(tmp_path / "d" / "_temporary" / "0.csv", "age\n8\n")
    write(tmp_path / "d" / "README.md", "what this is")
    found = read_table(str(tmp_path / "d"))
    assert found.column("age").to_pylist() == [30, None, 41, 7, 30, None, 41]
    assert found.column("name").to_pylist()[3] == "cid"


def test_a_glob_is_read_in_the_order_of_names(tmp_path: Path):
    for name, age in (("b", 2), ("a", 1), ("c", 3)):
        parquet(tmp_path / f"{name}.parquet", table(age=[age]))
    assert read_table(str(tmp_path / "*.parquet")).column("age").to_pylist() == [1, 2, 3]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path):
    path = parquet(tmp_path / "a[1].parquet")
    assert list_files(path) == (path,)


def test_a_table_knows_which_files_its_rows_are_from(tmp_path: Path):
    first, second = parquet(tmp_path / "a.parquet"), parquet(tmp_path / "b.parquet")
    found = read_table(str(tmp_path))
    assert origin(found) == ((first, 3), (second, 3))
    assert origin(found.slice(1)) == ()


def test_integers_and_floats_of_different_files_meet_as_floats(tmp_path: Path):
    write(tmp_path / "a.csv", "x\n1\n")
    write(tmp_path / "b.csv", "x\n0.5\n")
    write(tmp_path / "c.csv", "x,y\n,\n")
    assert read_table(str(tmp_path), ["x"]).column("x").to_pylist() == [1.0, 0.5, None]


# --- what is wrong -------------------------------------------------------------------------------


def test_no_such_file():
    assert "MTL0601\nno data at `nowhere.parquet`" in mistakes(
        lambda: read_table("nowhere.parquet")
    )


def test_a_glob_that_matches_nothing(tmp_path: Path):
    path = str(tmp_path / "*.parquet")
    assert f"no data at `{path}`: no file matches" in mistakes(lambda: read_table(path))


def test_a_directory_without_data(tmp_path: Path):
    write(tmp_path / "notes.txt", "none here")
    assert "holds no Parquet and no CSV" in mistakes(lambda: read_table(str(tmp_path)))


def test_neither_parquet_nor_csv(tmp_path: Path):
    path = write(tmp_path / "a.xlsx", "PK and so on")
    text = mistakes(lambda: read_table(path))
    assert f"MTL0604\n`{path}` is neither Parquet nor CSV" in text
    assert mistakes(lambda: read_schema(path)) == text


def test_a_text_that_is_called_parquet(tmp_path: Path):
    path = write(tmp_path / "a.parquet", "age\n3\n")
    assert "MTL0604" in mistakes(lambda: read_table(path))


@pytest.mark.parametrize("kept", [4, 100, -1])
def test_a_truncated_parquet_file(tmp_path: Path, kept: int):
    path = Path(parquet(tmp_path / "a.parquet"))
    path.write_bytes(path.read_bytes()[:kept])
    assert f"MTL0605\n`{path}` is damaged or cut off" in mistakes(lambda: read_table(str(path)))


def test_damage_in_the_middle_of_a_parquet_file(tmp_path: Path):
    content = table(x=[f"{i * 7919 % 1000}" for i in range(1000)])
    path = Path(parquet(tmp_path / "a.parquet", content))
    data = bytearray(path.read_bytes())
    data[4:400] = b"\xff" * 396
    path.write_bytes(data)
    assert "MTL0605" in mistakes(lambda: read_table(str(path)))


def test_lines_of_csv_that_differ_in_length(tmp_path: Path):
    path = write(tmp_path / "a.csv", "a,b\n1,2\n3\n")
    text = mistakes(lambda: read_table(path))
    assert "MTL0605" in text
    assert "Expected 2 columns, got 1" in text


@pytest.mark.parametrize("content", ["", "age,name\n"])
def test_csv_without_rows(tmp_path: Path, content: str):
    path = write(tmp_path / "a.csv", content)
    assert f"MTL0606\n`{path}` has no rows" in mistakes(lambda: read_table(path))


def test_parquet_without_rows(tmp_path: Path):
    path = parquet(tmp_path / "a.parquet", PEOPLE.slice(0, 0))
    assert "MTL0606" in mistakes(lambda: read_table(path))


def test_an_empty_file_that_is_called_parquet(tmp_path: Path):
    path = write(tmp_path / "a.parquet", "")
    assert "an empty file" in mistakes(lambda: read_table(path))


def test_files_of_which_one_lacks_a_column(tmp_path: Path):
    first = write(tmp_path / "a.csv", "x,y\n1,2\n")
    second = write(tmp_path / "b.csv", "x\n1\n")
    text = mistakes(lambda: read_table(str(tmp_path)))
    assert "MTL0607\nfiles of one data set differ in column `y`" in text
    assert f"`{first}` has it" in text
    assert f"`{second}` has not" in text


def test_files_may_differ_in_a_column_that_nobody_reads(tmp_path: Path):
    write(tmp_path / "a.csv", "x,y\n1,2\n")
    write(tmp_path / "b.csv", "x\n1\n")
    assert read_table(str(tmp_path), ["x"]).num_rows == 2


def test_files_of_which_one_has_strings_and_one_numbers(tmp_path: Path):
    write(tmp_path / "a.csv", "x\n1\n")
    second = write(tmp_path / "b.csv", "x\none\n")
    text = mistakes(lambda: read_table(str(tmp_path)))
    assert "MTL0607" in text
    assert f"`{second}` has type string" in text


def test_two_columns_of_one_name(tmp_path: Path):
    path = write(tmp_path / "a.csv", "x,x\n1,2\n")
    assert "MTL0608" in mistakes(lambda: read_table(path))
