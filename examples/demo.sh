#!/bin/sh
# From a spec to ONNX on the bundled sample of 20,000 census rows; `make demo` runs it.
# It can be run again: runs/demo is made anew.
set -eu
cd "$(dirname "$0")/.."

show() {
    printf '\n$ %s\n' "$1"
    eval "$1"
}

rm -rf runs/demo

show 'mtlspec check specs/mmoe.mtl'

show 'mtlspec train specs/mmoe.mtl --out runs/demo \
    --data examples/data/census_16k_train.parquet \
    --valid examples/data/census_4k_valid.parquet --set train.batch=256'

show 'mtlspec export runs/demo -o runs/demo/mmoe.onnx'

cat <<'END'

what lies where
  specs/mmoe.mtl        the model, to be read and changed
  runs/demo/model.py    the same model in PyTorch: what was trained, and it imports torch alone
  runs/demo/mmoe.onnx   raw columns in, one probability per task out

what to type next
  . .venv/bin/activate
  mtlspec check specs/ple.mtl                     another model
  mtlspec compile specs/ple.mtl -o ple.py         its PyTorch source
  mtlspec train specs/ple.mtl --set own=2 --data examples/data/census_16k_train.parquet
END
