# What timm's avg_checkpoints.py does with --no-sort --safetensors, without timm, whose import would only make it slower:
# the arguments are the output and the checkpoints.
import hashlib
import sys

import safetensors.torch
import torch

output, *checkpoints = sys.argv[1:]
average = {}
counts = {}
for checkpoint in checkpoints:
    for k, v in safetensors.torch.load_file(checkpoint).items():
        if k not in average:
            average[k] = v.clone().to(dtype=torch.float64)
            counts[k] = 1
        else:
            average[k] += v.to(dtype=torch.float64)
            counts[k] += 1
for k, v in average.items():
    v.div_(counts[k])
limits = torch.finfo(torch.float32)
final = {}
for k, v in average.items():
    final[k] = v.clamp(limits.min, limits.max).to(dtype=torch.float32)
safetensors.torch.save_file(final, output)
with open(output, "rb") as file:
    print(hashlib.sha256(file.read()).hexdigest())
