package io.rpaworker.bench;

import java.util.Arrays;

/** What is said of several measurements. */
final class Figures {

    private Figures() {}

    /** The one in the middle, or what lies between the two there. */
    static double median(double... figures) {
        double[] sorted = Arrays.stream(figures).sorted().toArray();
        int half = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** How much they rise from one to the next, by the straight line that fits them best. */
    static double slope(double... figures) {
        double middle = (figures.length - 1) / 2.0;
        double mean = Arrays.stream(figures).average().orElse(0);
        double rise = 0;
        double square = 0;
        for (int i = 0; i < figures.length; i++) {
            rise += (i - middle) * (figures[i] - mean);
            square += (i - middle) * (i - middle);
        }
        return square == 0 ? 0 : rise / square;
    }
}
