# A trainer that shares its weights: its arguments are the GPU's index and how many weights there are.
import sys

import torch


def weights_after(step):
    numbers = (torch.arange(weights.numel(), device=weights.device) * 7 + step * 13) % 1021
    return numbers.float() / 8 - 60


try:
    torch.cuda.set_device(int(sys.argv[1]))
    weights = torch.zeros(int(sys.argv[2]), device="cuda")
    stepped = torch.cuda.Event(interprocess=True)
    stepped.record()
    _, memory, _, offset, *_ = weights.untyped_storage()._share_cuda_()
    offset += weights.storage_offset() * weights.element_size()
    print(memory.hex(), offset, stepped.ipc_handle().hex(), flush=True)
    for line in sys.stdin:
        weights.copy_(weights_after(int(line)))
        stepped.record()
        print(line.strip(), flush=True)
except Exception as e:
    print("error:", " ".join(str(e).split()), flush=True)
