/**
 * NVIDIA GPUs: {@link dev.polyak.cuda.Cuda}, which says what there is, and small owning types over the CUDA runtime:
 * device memory, page-locked host memory, streams, events, kernels, and memory of other processes.
 *
 * <p>Devices are named by their index, from 0. What holds something of the runtime's is closed once, by
 * try-with-resources for example; closing it again does nothing. A failing call throws a
 * {@link dev.polyak.error.CudaException}; what fails while it is closed, or after its device was lost, counts as
 * closed.
 *
 * <p>All types may be used from any thread, and from several at once where nothing else is said. What is closed while
 * another thread uses it may crash the process, as in C.
 */
@NullMarked
package dev.polyak.cuda;

import org.jspecify.annotations.NullMarked;
