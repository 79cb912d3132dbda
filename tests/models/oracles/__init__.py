"""What whole models compute, in NumPy and float64, written from the papers' equations.

Each oracle has `shapes(d, tasks, …)`, the logical names and shapes of the model's weights (tables
left out) for features of width d, and `logits(weights, x, tasks, …)`: the features [B, d] to one
[B, 1] per task. One expert, one gate, one task after the other; nothing here imports mtlspec or
torch.
"""
