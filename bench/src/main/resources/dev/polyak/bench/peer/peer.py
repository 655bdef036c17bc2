# PyTorch's side of the races. Each line is a request, its fields apart by tabs, and is answered by a line; work is timed
# here, so that the pipe is not. The formulas are written as the systems write them.
import sys
import time

DECAY = 0.999


def widened(p, e):
    return p if p.dtype == e.dtype else p.float()


def foreach_lerp(average, model):
    torch._foreach_lerp_(average, [widened(p, e) for e, p in zip(average, model)], 1 - DECAY)


def lerp(average, model):
    for e, p in zip(average, model):
        e.lerp_(widened(p, e), 1 - DECAY)


def timm(average, model):
    for e, p in zip(average, model):
        e.copy_(e * DECAY + (1.0 - DECAY) * p)


def composer(average, model):
    for e, p in zip(average, model):
        e.copy_(e * DECAY + p.data * (1.0 - DECAY))


def ignite(average, model):
    momentum = 1 - DECAY
    for e, p in zip(average, model):
        e.mul_(1.0 - momentum).add_(p.data, alpha=momentum)


def fold(*files):
    average = {name: t.float() for name, t in load_file(files[0]).items()}
    for file in files[1:]:
        for name, p in load_file(file).items():
            average[name].lerp_(widened(p, average[name]), 1 - DECAY)


def numbers(sizes, dtype):
    return [torch.rand(int(n)).sub_(0.5).to(getattr(torch, dtype)) for n in sizes.split(",")]


def write(tensors, file):
    for t in tensors:
        t.view(torch.uint8).numpy().tofile(file)


def check(formula, dtype, sizes, path):
    average, model = numbers(sizes, "float32"), numbers(sizes, dtype)
    with open(path, "wb") as file:
        write(model, file)
        write(average, file)
        globals()[formula](average, model)
        write(average, file)


def answer(request, *fields):
    global work
    if request == "threads":
        torch.set_num_threads(int(fields[0]))
    elif request == "check":
        check(*fields)
    elif request == "make":
        work = None
        formula, dtype, sizes = fields
        tensors = numbers(sizes, "float32"), numbers(sizes, dtype)
        work = lambda: globals()[formula](*tensors)
    elif request == "fold":
        work = lambda: fold(*fields)
    elif request == "lap":
        begin = time.perf_counter_ns()
        work()
        return time.perf_counter_ns() - begin
    else:
        raise ValueError("there is no request named " + request)
    return "done"


work = None
try:
    import torch
    from safetensors.torch import load_file

    torch.manual_seed(0)
    torch.set_grad_enabled(False)
    print(torch.__version__, flush=True)
except Exception as e:
    print("error:", " ".join(str(e).split()), flush=True)
    sys.exit(1)
for line in sys.stdin:
    try:
        print(answer(*line.rstrip("\n").split("\t")), flush=True)
    except Exception as e:
        print("error:", " ".join(str(e).split()), flush=True)
