package dev.polyak.frameworks;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The post-hoc reconstruction of a power-function average from stored ones (Karras et al. 2024, "Analyzing and
 * Improving the Training Dynamics of Diffusion Models", section 3.2 and algorithm 3): the combination of the snapshots
 * whose profile comes closest to the wanted one.
 */
public final class PostHoc {
    /** Beyond this, a change of a snapshot's last binary32 digit shows in the first three of the result. */
    private static final double ILL_CONDITIONED = 1e4;

    /** Beyond this, the result's profile is visibly another one: its width is off by some percent. */
    private static final double OUT_OF_REACH = 0.02;

    private PostHoc() {}

    /**
     * A stored average.
     *
     * @param time when it was stored, in the unit in which its average counted, above 0
     * @param gamma exponent of its profile
     */
    public record Snapshot(double time, double gamma) {
        /**
         * Checks the components.
         *
         * @param time when it was stored
         * @param gamma exponent of its profile
         * @throws IllegalArgumentException if the time is not positive
         */
        public Snapshot {
            if (!(time > 0) || Double.isInfinite(time)) {
                throw new IllegalArgumentException("a snapshot's time must be a positive number, not " + time);
            }
        }
    }

    /**
     * What a snapshot has to be multiplied by, for each, and how far the result can be trusted.
     *
     * @param weights one for each snapshot, in their order; 0 for those left out
     * @param sum the sum before it was normalised to 1
     * @param amplification sum of the absolute weights: how much the snapshots' rounding errors grow
     * @param miss squared distance of the combination from the wanted profile, relative to the latter's squared norm: 0
     *     if it is met, 1 if the snapshots have nothing of it
     */
    public record Combination(List<Double> weights, double sum, double amplification, double miss) {
        /**
         * Checks nothing: made by {@link PostHoc#solve}.
         *
         * @param weights one for each snapshot
         * @param sum the sum before it was normalised
         * @param amplification sum of the absolute weights
         * @param miss squared relative distance from the wanted profile
         */
        public Combination {
            requireNonNull(weights, "weights");
            weights = List.copyOf(weights);
        }

        /**
         * Whether rounding errors of the snapshots would drown the result.
         *
         * @return true if the snapshots do not determine the wanted profile
         */
        public boolean isIllConditioned() {
            return !(amplification < ILL_CONDITIONED);
        }

        /**
         * Whether the wanted profile lies beyond those of the snapshots, so that the result has another one.
         *
         * @return true if this extrapolates
         */
        public boolean isOutOfReach() {
            return !(miss < OUT_OF_REACH);
        }
    }

    /**
     * Finds the combination.
     *
     * @param snapshots the stored averages, at least one
     * @param wanted time and exponent of the profile to be reconstructed
     * @param normalised whether snapshots later than that are left out, and the weights are divided by their sum, as
     *     edm2 does; ema-pytorch does neither
     * @return the weights
     * @throws IllegalArgumentException if there is no snapshot up to the wanted time, two are the same, or the
     *     snapshots do not determine the weights
     */
    public static Combination solve(List<Snapshot> snapshots, Snapshot wanted, boolean normalised) {
        requireNonNull(snapshots, "snapshots");
        requireNonNull(wanted, "wanted");
        List<Integer> used = new ArrayList<>();
        for (int i = 0; i < snapshots.size(); i++) {
            if (!normalised || snapshots.get(i).time() <= wanted.time()) {
                if (snapshots.indexOf(snapshots.get(i)) != i) {
                    throw new IllegalArgumentException("two snapshots have time "
                            + snapshots.get(i).time() + " and the same profile: give each once");
                }
                used.add(i);
            }
        }
        if (used.isEmpty()) {
            throw new IllegalArgumentException("no snapshot is from time " + wanted.time() + " or before");
        }
        int n = used.size();
        double[][] equations = new double[n][n + 1];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                equations[i][j] = correlation(snapshots.get(used.get(i)), snapshots.get(used.get(j)));
            }
            equations[i][n] = correlation(snapshots.get(used.get(i)), wanted);
        }
        double[] solution = eliminate(equations);
        double sum = 0;
        double met = 0;
        for (int i = 0; i < n; i++) {
            sum += solution[i];
            met += solution[i] * correlation(snapshots.get(used.get(i)), wanted);
        }
        double amplification = 0;
        Double[] weights = new Double[snapshots.size()];
        Arrays.fill(weights, 0.0);
        for (int i = 0; i < n; i++) {
            weights[used.get(i)] = normalised ? solution[i] / sum : solution[i];
            amplification += Math.abs(weights[used.get(i)]);
        }
        double miss = Math.max(0, 1 - met / correlation(wanted, wanted));
        return new Combination(List.of(weights), sum, amplification, miss);
    }

    /** The inner product of two profiles (equation 151). */
    private static double correlation(Snapshot a, Snapshot b) {
        double ratio = a.time() / b.time();
        double exponent = a.time() < b.time() ? b.gamma() : -a.gamma();
        double latest = Math.max(a.time(), b.time());
        return (a.gamma() + 1)
                * (b.gamma() + 1)
                * StrictMath.pow(ratio, exponent)
                / ((a.gamma() + b.gamma() + 1) * latest);
    }

    /** Solves by elimination with the largest pivot of each column. */
    private static double[] eliminate(double[][] rows) {
        int n = rows.length;
        for (int column = 0; column < n; column++) {
            int pivot = column;
            for (int row = column + 1; row < n; row++) {
                if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) {
                    pivot = row;
                }
            }
            double[] swap = rows[column];
            rows[column] = rows[pivot];
            rows[pivot] = swap;
            if (!(Math.abs(rows[column][column]) > 0)) {
                throw new IllegalArgumentException("the snapshots' profiles do not determine the wanted one");
            }
            for (int row = column + 1; row < n; row++) {
                double factor = rows[row][column] / rows[column][column];
                for (int k = column; k <= n; k++) {
                    rows[row][k] -= factor * rows[column][k];
                }
            }
        }
        double[] solution = new double[n];
        for (int row = n - 1; row >= 0; row--) {
            double rest = rows[row][n];
            for (int k = row + 1; k < n; k++) {
                rest -= rows[row][k] * solution[k];
            }
            solution[row] = rest / rows[row][row];
        }
        return solution;
    }
}
