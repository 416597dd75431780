package io.rpaworker.text;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Guesses what a mistyped name stands for. */
public final class Nearest {

    private Nearest() {}

    /**
     * The name that most likely was meant: one that begins in the same way, or else the one that the fewest changes
     * lead to; capitals count as the other letters do.
     *
     * @param names at least one
     */
    public static String to(String mistyped, Collection<String> names) {
        String small = mistyped.toLowerCase(Locale.ROOT);
        return names.stream()
                .min(Comparator.<String, Boolean>comparing(
                                name -> !name.toLowerCase(Locale.ROOT).startsWith(small))
                        .thenComparingInt(name -> distance(small, name.toLowerCase(Locale.ROOT)))
                        .thenComparingInt(name -> distance(mistyped, name)))
                .orElseThrow();
    }

    // How many characters have to be added, removed or replaced.
    private static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        Arrays.setAll(above, i -> i);
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[other.length()];
    }
}
