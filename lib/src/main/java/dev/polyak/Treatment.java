package dev.polyak;

/** What becomes of one tensor, as its type, its role and the policies say. */
enum Treatment {
    /** Mixed in at an update. */
    AVERAGE,
    /** Averaged in binary32 and truncated, at an update. */
    TRUNCATE,
    /** Copied at every call. */
    COPY,
    /** Left as it was when the average began. */
    FREEZE;

    static Treatment of(TensorSpec tensor, AverageRule rule) {
        if (tensor.dtype().isInteger()) {
            return switch (rule.integers()) {
                case COPY -> COPY;
                case FREEZE -> FREEZE;
                case TRUNCATE -> tensor.dtype() == DType.BOOL ? COPY : TRUNCATE;
            };
        }
        Treatment treatment = tensor.role() == Role.PARAMETER
                ? AVERAGE
                : switch (rule.buffers()) {
                    case COPY -> COPY;
                    case FREEZE -> FREEZE;
                    case AVERAGE -> AVERAGE;
                };
        if (treatment == AVERAGE && !tensor.dtype().isFloat()) {
            throw new IllegalArgumentException("tensor '" + tensor.name() + "' is " + tensor.dtype()
                    + ", which cannot be averaged: convert it, or treat it as a buffer that is copied or frozen");
        }
        return treatment;
    }

    static Treatment[] of(ParameterLayout layout, AverageRule rule) {
        return layout.tensors().stream().map(tensor -> of(tensor, rule)).toArray(Treatment[]::new);
    }
}
