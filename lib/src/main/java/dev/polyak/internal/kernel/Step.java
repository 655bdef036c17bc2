package dev.polyak.internal.kernel;

/**
 * Elementary in-place operations e ← f(e, p; a, b) with scalars a and b, each as the scalar definition that vector code
 * must reproduce. Every order of operations is one step where the average is as wide as the arithmetic, or a few, with
 * roundings between, where not.
 */
public enum Step {
    /** e + a · (p − e), fused; for |a| below ½. */
    LERP_LOW {
        @Override
        public float apply(float e, float p, float a, float b) {
            return Math.fma(p - e, a, e);
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return Math.fma(p - e, a, e);
        }
    },
    /** p + a · (p − e), fused, with a = w − 1; for |w| from ½ on. */
    LERP_HIGH {
        @Override
        public float apply(float e, float p, float a, float b) {
            return Math.fma(p - e, a, p);
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return Math.fma(p - e, a, p);
        }
    },
    /** a · p + (b · e), the product on the right rounded, the other fused. */
    MUL_ADD {
        @Override
        public float apply(float e, float p, float a, float b) {
            return Math.fma(p, a, e * b);
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return Math.fma(p, a, e * b);
        }
    },
    /** e · b + p · a, each rounded. */
    BLEND {
        @Override
        public float apply(float e, float p, float a, float b) {
            return e * b + p * a;
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return e * b + p * a;
        }
    },
    /** e − a · (e − p), each rounded. */
    STEP_BACK {
        @Override
        public float apply(float e, float p, float a, float b) {
            return e - (e - p) * a;
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return e - (e - p) * a;
        }
    },
    /** e + a · (e − p), fused, with a = −w. */
    STEP_BACK_FUSED {
        @Override
        public float apply(float e, float p, float a, float b) {
            return Math.fma(e - p, a, e);
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return Math.fma(e - p, a, e);
        }
    },
    /** e + (p − e) / a, each rounded. */
    MEAN {
        @Override
        public float apply(float e, float p, float a, float b) {
            return e + (p - e) / a;
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return e + (p - e) / a;
        }
    },
    /** e · a. */
    SCALE {
        @Override
        public float apply(float e, float p, float a, float b) {
            return e * a;
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return e * a;
        }
    },
    /** e / a. */
    DIVIDE {
        @Override
        public float apply(float e, float p, float a, float b) {
            return e / a;
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return e / a;
        }
    },
    /** e + p. */
    ADD {
        @Override
        public float apply(float e, float p, float a, float b) {
            return e + p;
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return e + p;
        }
    },
    /** e − p. */
    SUBTRACT {
        @Override
        public float apply(float e, float p, float a, float b) {
            return e - p;
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return e - p;
        }
    },
    /** p − e. */
    SUBTRACT_FROM {
        @Override
        public float apply(float e, float p, float a, float b) {
            return p - e;
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return p - e;
        }
    },
    /** e + a · p, fused. */
    ADD_SCALED {
        @Override
        public float apply(float e, float p, float a, float b) {
            return Math.fma(p, a, e);
        }

        @Override
        public double apply(double e, double p, double a, double b) {
            return Math.fma(p, a, e);
        }
    };

    /** The operation in binary32. */
    public abstract float apply(float e, float p, float a, float b);

    /** The operation in binary64. */
    public abstract double apply(double e, double p, double a, double b);
}
