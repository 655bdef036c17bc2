package dev.polyak.internal.cuda;

import dev.polyak.cuda.bindings.Cudart;
import dev.polyak.error.CudaException;
import java.util.Set;

/** Says what has failed. */
final class Failures {
    /** As the bindings have it, which are out of reach where Java allows no native access. */
    private static final int NO_DEVICE = 100;

    /** Errors after which nothing but a new process helps; asked for only once there is a runtime. */
    private static final class Sticky {
        static final Set<Integer> CODES = Set.of(
                Cudart.cudaErrorECCUncorrectable(),
                Cudart.cudaErrorNvlinkUncorrectable(),
                Cudart.cudaErrorContained(),
                Cudart.cudaErrorIllegalAddress(),
                Cudart.cudaErrorLaunchTimeout(),
                Cudart.cudaErrorContextIsDestroyed(),
                Cudart.cudaErrorAssert(),
                Cudart.cudaErrorHardwareStackError(),
                Cudart.cudaErrorIllegalInstruction(),
                Cudart.cudaErrorMisalignedAddress(),
                Cudart.cudaErrorInvalidAddressSpace(),
                Cudart.cudaErrorInvalidPc(),
                Cudart.cudaErrorLaunchFailure(),
                Cudart.cudaErrorTensorMemoryLeak(),
                Cudart.cudaErrorMpsClientTerminated(),
                Cudart.cudaErrorExternalDevice(),
                Cudart.cudaErrorUnknown());
    }

    private Failures() {}

    /** What a code means; forgets it as the runtime's last error of this thread, since it is reported here. */
    static CudaException of(int code, String function, int device) {
        Cudart.cudaGetLastError();
        String name = NativeText.read(Cudart.cudaGetErrorName(code));
        String text = NativeText.read(Cudart.cudaGetErrorString(code));
        String call = function + " on cuda:" + device;
        boolean sticky = Sticky.CODES.contains(code);
        return new CudaException(
                code,
                name,
                text,
                call,
                sticky,
                call + " failed: " + text + " (" + name + ", error " + code + ")"
                        + (sticky ? "; all that this process has on the device is lost: start it again" : ""));
    }

    /** CUDA was asked for where there is none. */
    static CudaException unavailable(String explanation) {
        return new CudaException(
                NO_DEVICE, "cudaErrorNoDevice", explanation, "Cuda.availability()", false, explanation);
    }

    /** A device was lost before a call that needs it. */
    static CudaException lost(int device, CudaException first) {
        return new CudaException(
                first,
                "cuda:" + device + " was lost when " + first.call() + " failed: " + first.text() + " (" + first.name()
                        + ", error " + first.code() + "); start this process again");
    }
}
