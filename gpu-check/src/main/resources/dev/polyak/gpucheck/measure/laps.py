# PyTorch's side of the measurements, on the GPU whose index is the argument. Each line names a piece of work to be
# made, timed or forgotten, and is answered by a line.
import sys


def make(kind, tensors, elements):
    def numbers(dtype=torch.float32):
        return [torch.rand(elements, device="cuda").to(dtype) for _ in range(tensors)]

    if kind == "foreach_lerp":
        average, model = numbers(), numbers()
        return lambda: torch._foreach_lerp_(average, model, 0.001)
    if kind == "lerp":
        average, model = numbers(), numbers(torch.bfloat16)
        return lambda: [e.lerp_(p.float(), 0.001) for e, p in zip(average, model)]
    if kind == "copy":
        to, source = numbers(), numbers()
        return lambda: [t.copy_(s) for t, s in zip(to, source)]
    raise ValueError("there is no work named " + kind)


def millis(work, repetitions):
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    work()  # the first after a pause is slower
    begin.record()
    for _ in range(repetitions):
        work()
    end.record()
    end.synchronize()
    return begin.elapsed_time(end) / repetitions


def answer(words):
    if words[0] == "make":
        works[words[1]] = make(words[1], int(words[2]), int(words[3]))
        torch.cuda.synchronize()
    elif words[0] == "lap":
        return millis(works[words[1]], int(words[2]))
    else:
        works.clear()
        torch.cuda.empty_cache()
    return "done"


works = {}
try:
    import torch

    torch.cuda.set_device(int(sys.argv[1]))
    torch.cuda.synchronize()
    print(torch.__version__, flush=True)
except Exception as e:
    print("error:", " ".join(str(e).split()), flush=True)
    sys.exit(1)
for line in sys.stdin:
    try:
        print(answer(line.split()), flush=True)
    except Exception as e:
        print("error:", " ".join(str(e).split()), flush=True)
