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
    if kind == "timm":
        average, model = numbers(), numbers()
        return lambda: [e.copy_(e * 0.999 + (1.0 - 0.999) * p) for e, p in zip(average, model)]
    if kind == "composer":
        average, model = numbers(), numbers()
        return lambda: [e.copy_(e * 0.999 + p.data * (1.0 - 0.999)) for e, p in zip(average, model)]
    if kind == "ignite":
        average, model = numbers(), numbers()
        return lambda: [e.mul_(1.0 - 0.001).add_(p.data, alpha=0.001) for e, p in zip(average, model)]
    if kind == "copy":
        to, source = numbers(), numbers()
        return lambda: [t.copy_(s) for t, s in zip(to, source)]
    if kind == "products":
        side = int(elements**0.5)
        a, b, c = (torch.rand(side, side, device="cuda") for _ in range(3))
        return lambda: torch.matmul(a, b, out=c)
    if kind == "on_cpu":
        model = numbers(torch.bfloat16)
        average = [p.to("cpu").float() for p in model]
        return lambda: [e.lerp_(p.to("cpu").float(), 0.001) for e, p in zip(average, model)]
    if kind == "on_cpu_pinned":
        model = numbers(torch.bfloat16)
        average = [p.to("cpu").float() for p in model]
        staging = [torch.empty(elements, dtype=torch.bfloat16, pin_memory=True) for _ in model]

        def update():
            for s, p in zip(staging, model):
                s.copy_(p, non_blocking=True)
            torch.cuda.synchronize()
            for e, s in zip(average, staging):
                e.lerp_(s.float(), 0.001)

        return update
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
        work = make(words[1], int(words[2]), int(words[3]))
        work()  # if there is no memory for it, it is better known now
        torch.cuda.synchronize()
        works[words[1]] = work
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
