# As much of PyTorch as laps.py calls. It computes nothing, but refuses what PyTorch would.
import math

__version__ = "0.0.0"
float32, bfloat16 = "float32", "bfloat16"


class Tensor:
    def __init__(self, elements, dtype):
        if elements > 1 << 30:
            raise MemoryError("out of memory")
        self.elements, self.dtype = elements, dtype

    def to(self, to):
        return Tensor(self.elements, self.dtype if to == "cpu" else to)

    def float(self):
        return self.to(float32)

    def lerp_(self, end, weight):
        assert (end.elements, end.dtype, weight) == (self.elements, self.dtype, 0.001)

    @property
    def data(self):
        return self

    def mul_(self, factor):
        assert factor == 0.999
        return self

    def add_(self, other, alpha):
        assert (other.elements, other.dtype, alpha) == (self.elements, self.dtype, 0.001)

    def __mul__(self, factor):
        assert abs(factor - 0.999) < 1e-12 or abs(factor - 0.001) < 1e-12
        return self

    __rmul__ = __mul__

    def __add__(self, other):
        assert (other.elements, other.dtype) == (self.elements, self.dtype)
        return self

    def copy_(self, source, non_blocking=False):
        assert (source.elements, source.dtype) == (self.elements, self.dtype)


def rand(*shape, device):
    assert device == "cuda"
    return Tensor(math.prod(shape), float32)


def empty(elements, dtype, pin_memory):
    assert pin_memory
    return Tensor(elements, dtype)


def matmul(a, b, out):
    assert (a.elements, a.dtype, b.dtype, out.dtype) == (out.elements, float32, float32, float32)


def _foreach_lerp_(averages, ends, weight):
    assert len(averages) == len(ends)
    for average, end in zip(averages, ends):
        average.lerp_(end, weight)


class cuda:
    set_device = staticmethod(lambda index: None)
    synchronize = staticmethod(lambda: None)
    empty_cache = staticmethod(lambda: None)

    class Event:
        def __init__(self, enable_timing):
            assert enable_timing
            self.recorded = False

        def record(self):
            self.recorded = True

        def synchronize(self):
            assert self.recorded

        def elapsed_time(self, end):
            assert self.recorded and end.recorded
            return 7 * 0.25
