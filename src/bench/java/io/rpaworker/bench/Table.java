package io.rpaworker.bench;

import java.util.ArrayList;
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
     * @param subject whose ratios to the others are told
     */
    void print(String subject) {
        double ours = median(drains.getOrDefault(subject, List.of()), Drain::perSecond);
        System.out.printf("%n### %s%n%n", title);
        System.out.println(
                "| | records/s [range] | steady | rpa-worker is | CPU ms PostgreSQL + own | WAL B | others | exactly once |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        drains.forEach((name, all) -> System.out.printf(
                Locale.ROOT,
                "| %s | %,.0f [%,.0f..%,.0f] | %,.0f | %.2f × | %.4f + %.4f | %.0f | %.0f %% | %s |%n",
                name,
                median(all, Drain::perSecond),
                all.stream().mapToDouble(Drain::perSecond).min().orElse(0),
                all.stream().mapToDouble(Drain::perSecond).max().orElse(0),
                median(all, Drain::steady),
                ours / median(all, Drain::perSecond),
                median(all, Drain::databaseMillis),
                median(all, Drain::ownMillis),
                median(all, Drain::walBytes),
                100 * median(all, Drain::foreign),
                all.stream().allMatch(Drain::exact) ? "yes" : "NO"));
        System.out.println();
    }

    static double median(List<Drain> drains, ToDoubleFunction<Drain> figure) {
        return Figures.median(drains.stream().mapToDouble(figure).toArray());
    }
}
