"""Files → fitted state → batches of tensors."""

from mtlspec.data.encoding import encode, encode_features
from mtlspec.data.files import list_files, read_schema, read_table
from mtlspec.data.fitting import ColumnInput, Fitted, check_fitted, fit
from mtlspec.data.labels import check_labels
from mtlspec.data.loading import data_files, load_rows, load_table
from mtlspec.data.rows import Batch, Rows
from mtlspec.data.schema_check import check_schema, needed_columns
from mtlspec.data.splitting import split_rows

__all__ = [
    "Batch",
    "ColumnInput",
    "Fitted",
    "Rows",
    "check_fitted",
    "check_labels",
    "check_schema",
    "data_files",
    "encode",
    "encode_features",
    "fit",
    "list_files",
    "load_rows",
    "load_table",
    "needed_columns",
    "read_schema",
    "read_table",
    "split_rows",
]
