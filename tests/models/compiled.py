"""Compiling a case, and carrying values between NumPy and the compiled module."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

import mtlspec
from tests.models import cases
from tests.models.cases import CASES
from tests.words.oracles import Array


def compile_case(name: str, tasks: Sequence[str], **options: Mapping[str, str]):
    text = mtlspec.Text(f"{name}.mtl", CASES[name].text(tasks))
    return mtlspec.compile(text, sizes=cases.SIZES, **options)


def tensors(values: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
    return {name: torch.from_numpy(value) for name, value in values.items()}


def arrays(values: Mapping[str, Tensor]) -> dict[str, Array]:
    return {name: value.detach().numpy().astype(np.float64) for name, value in values.items()}


def gradients(compiled, module: nn.Module) -> dict[str, Array]:
    """The gradient of each logical weight; a parameter without one is an error."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            assert parameter.grad is not None, f"{name} has no gradient"
            parameter.copy_(parameter.grad)
    return arrays(compiled.weights(module))
