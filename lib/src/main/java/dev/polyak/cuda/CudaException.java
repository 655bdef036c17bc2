package dev.polyak.cuda;

import dev.polyak.cuda.bindings.Cudart;
import java.util.Set;

/**
 * The CUDA runtime refused a call, or work that was enqueued before it had failed. The message names the call, the
 * device and the error.
 */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

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

    private final int code;
    private final String name;
    private final String text;
    private final String call;
    private final boolean sticky;

    private CudaException(int code, String name, String text, String call, boolean sticky, String message) {
        super(message);
        this.code = code;
        this.name = name;
        this.text = text;
        this.call = call;
        this.sticky = sticky;
    }

    /** The same error, said otherwise. */
    private CudaException(CudaException cause, String message) {
        super(message, cause);
        this.code = cause.code;
        this.name = cause.name;
        this.text = cause.text;
        this.call = cause.call;
        this.sticky = cause.sticky;
    }

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
    static CudaException unavailable(CudaAvailability availability) {
        String message = availability.explanation();
        return new CudaException(NO_DEVICE, "cudaErrorNoDevice", message, "Cuda.availability()", false, message);
    }

    /** A device was lost before a call that needs it. */
    static CudaException lost(int device, CudaException first) {
        return new CudaException(
                first,
                "cuda:" + device + " was lost when " + first.call + " failed: " + first.text + " (" + first.name
                        + ", error " + first.code + "); start this process again");
    }

    /** There was too little memory. */
    static CudaException outOfMemory(CudaException cause, String message) {
        return new CudaException(cause, message);
    }

    /**
     * The error's number.
     *
     * @return one of {@code cudaError_t}, not 0
     */
    public int code() {
        return code;
    }

    /**
     * The error's name.
     *
     * @return such as {@code cudaErrorIllegalAddress}
     */
    public String name() {
        return name;
    }

    /**
     * What the runtime says about the error.
     *
     * @return such as "an illegal memory access was encountered"
     */
    public String text() {
        return text;
    }

    /**
     * The call that reported the error, which may be a later one than that which caused it.
     *
     * @return such as "cudaMalloc(42 bytes) on cuda:0"
     */
    public String call() {
        return call;
    }

    /**
     * Whether the error killed this process's context on the device. Everything in its memory is lost then, and all
     * further calls on it fail at once, with this error as their cause, until the process is started again.
     *
     * @return whether nothing more can be done on the device
     */
    public boolean isSticky() {
        return sticky;
    }
}
