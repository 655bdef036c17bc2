package dev.polyak.frameworks;

import dev.polyak.rule.BufferPolicy;
import dev.polyak.rule.IntegerPolicy;
import dev.polyak.rule.Treatment;
import dev.polyak.tensor.Role;
import dev.polyak.tensor.TensorSpec;

/** What frameworks do with the tensors of a model. */
enum TensorScope {
    /** Everything is averaged, integers in float and truncated. */
    EVERYTHING {
        @Override
        Treatment treatment(TensorSpec tensor) {
            return Treatment.of(tensor, BufferPolicy.AVERAGE, IntegerPolicy.TRUNCATE);
        }
    },
    /** What is floating-point is averaged, integers are copied. */
    FLOATS_AND_COPIED_INTEGERS {
        @Override
        Treatment treatment(TensorSpec tensor) {
            return Treatment.of(tensor, BufferPolicy.AVERAGE, IntegerPolicy.COPY);
        }
    },
    /** What is floating-point is averaged, integers are copied only with all the rest. */
    FLOATS_AND_FROZEN_INTEGERS {
        @Override
        Treatment treatment(TensorSpec tensor) {
            return Treatment.of(tensor, BufferPolicy.AVERAGE, IntegerPolicy.FREEZE);
        }
    },
    /** What is floating-point is averaged, integers stay as in the initial model. */
    FLOATS_AND_INITIAL_INTEGERS {
        @Override
        Treatment treatment(TensorSpec tensor) {
            return tensor.dtype().isInteger() ? Treatment.LEAVE : Treatment.AVERAGE;
        }
    },
    /** Parameters are averaged, buffers copied. */
    PARAMETERS_AND_COPIED_BUFFERS {
        @Override
        Treatment treatment(TensorSpec tensor) {
            return Treatment.of(tensor, BufferPolicy.COPY, IntegerPolicy.COPY);
        }
    },
    /** Parameters are averaged, buffers stay as in the initial model. */
    PARAMETERS_AND_INITIAL_BUFFERS {
        @Override
        Treatment treatment(TensorSpec tensor) {
            return tensor.role() == Role.PARAMETER ? Treatment.AVERAGE : Treatment.LEAVE;
        }
    },
    /** Only parameters are held. */
    PARAMETERS {
        @Override
        Treatment treatment(TensorSpec tensor) {
            return tensor.role() == Role.PARAMETER ? Treatment.AVERAGE : Treatment.OMIT;
        }
    };

    abstract Treatment treatment(TensorSpec tensor);
}
