package dev.polyak.error;

/**
 * The CUDA runtime refused a call, or work that was enqueued before it had failed. The message names the call, the
 * device and the error.
 */
public final class CudaException extends PolyakException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String name;
    private final String text;
    private final String call;
    private final boolean sticky;

    /**
     * An error of the runtime's.
     *
     * @param code its number
     * @param name its name
     * @param text what it means
     * @param call the call that failed, and on which device
     * @param sticky whether nothing but a new process helps
     * @param message all of this, in a sentence
     */
    public CudaException(int code, String name, String text, String call, boolean sticky, String message) {
        super(message);
        this.code = code;
        this.name = name;
        this.text = text;
        this.call = call;
        this.sticky = sticky;
    }

    /**
     * The same error, said otherwise.
     *
     * @param cause the error
     * @param message a sentence
     */
    public CudaException(CudaException cause, String message) {
        super(message, cause);
        this.code = cause.code;
        this.name = cause.name;
        this.text = cause.text;
        this.call = cause.call;
        this.sticky = cause.sticky;
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
