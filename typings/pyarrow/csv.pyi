from collections.abc import Sequence

from pyarrow import Table

class ConvertOptions:
    def __init__(
        self,
        *,
        null_values: Sequence[str] | None = None,
        strings_can_be_null: bool | None = None,
        include_columns: Sequence[str] | None = None,
    ) -> None: ...

def read_csv(input_file: str, *, convert_options: ConvertOptions | None = None) -> Table: ...
