package io.rpaworker.bench;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Prints medians, ranges and ratios of what was measured in one run, as a table of Markdown. */
final class Table {

    private final String title;
    private final Map<String, List<Drain>> drains = new LinkedHashMap<>();

    Table(String title) {
        this.title = title;
    }

    void add(String contender, Drain drain) {
        drains.computeIfAbsent(contender, name -> new ArrayList<>()).add(drain);
    }

    /** Prints a measurement that may or may not count. */
    Drain tell(String contender, Drain drain) {
        System.out.printf(
                Locale.ROOT,
                "  %s, %s: %,.0f/s, steady %,.0f/s, CPU ms PostgreSQL %.4f own %.4f, WAL %.0f B, others %.0f %%%s%n",
                title,
                contender,
                drain.perSecond(),
                drain.steady(),
                drain.databaseMillis(),
                drain.ownMillis(),
                drain.walBytes(),
                100 * drain.foreign(),
                drain.exact() ? "" : ", NOT EXACTLY ONCE");
        return drain;
    }

    /**
     * Prints the table.
     *
     * @param subjects whose ratios to the others are told; those that were not measured are left out
     */
    void print(String... subjects) {
        List<String> measured =
                Arrays.stream(subjects).filter(drains::containsKey).toList();
        System.out.printf("%n### %s%n%n", title);
        System.out.printf(
                "| | records/s [range] | steady | %sCPU ms PostgreSQL + own | WAL B | others | exactly once |%n",
                measured.stream().map("%s is | "::formatted).collect(joining()));
        System.out.println("|---".repeat(7 + measured.size()) + "|");
        drains.forEach((name, all) -> System.out.printf(
                Locale.ROOT,
                "| %s | %,.0f [%,.0f..%,.0f] | %,.0f | %s%.4f + %.4f | %.0f | %.0f %% | %s |%n",
                name,
                median(all, Drain::perSecond),
                all.stream().mapToDouble(Drain::perSecond).min().orElse(0),
                all.stream().mapToDouble(Drain::perSecond).max().orElse(0),
                median(all, Drain::steady),
                measured.stream().map(it -> ratio(it, name)).collect(joining()),
                median(all, Drain::databaseMillis),
                median(all, Drain::ownMillis),
                median(all, Drain::walBytes),
                100 * median(all, Drain::foreign),
                all.stream().allMatch(Drain::exact) ? "yes" : "NO"));
        System.out.println();
    }

    private String ratio(String subject, String other) {
        return String.format(Locale.ROOT, "%.2f × | ", perSecond(subject) / perSecond(other));
    }

    private double perSecond(String contender) {
        return median(drains.getOrDefault(contender, List.of()), Drain::perSecond);
    }

    static double median(List<Drain> drains, ToDoubleFunction<Drain> figure) {
        return Figures.median(drains.stream().mapToDouble(figure).toArray());
    }
}
