#!/bin/sh
# Spec to ONNX on the bundled sample of 20,000 census rows; `make demo` runs it. It can be run again:
# runs/demo is made anew.
set -eu
cd "$(dirname "$0")/.."

run=runs/demo
rm -rf "$run"

show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

show mtlspec check specs/mmoe.mtl
show mtlspec train specs/mmoe.mtl \
    --data examples/data/census_16k_train.parquet \
    --valid examples/data/census_4k_valid.parquet \
    --out "$run"
show mtlspec export "$run" -o "$run/mmoe.onnx"

cat <<END

what lies where
  specs/mmoe.mtl           the model, to be read and changed
  $run/model.py       the same model as PyTorch; it imports torch alone
  $run/mmoe.onnx      raw columns in, one probability per task out

what to type next (after: . ${BIN:-.venv/bin}/activate)
  mtlspec check specs/ple.mtl                      another model
  mtlspec compile specs/ple.mtl -o ple.py          its PyTorch source
  mtlspec train specs/ple.mtl --set own=2 \\
      --data examples/data/census_16k_train.parquet
END
