package io.rpaworker.ops.story;

import io.rpaworker.database.Timestamps;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Questions;
import io.rpaworker.ops.story.DeadLetterAnalysis.Hour;
import io.rpaworker.ops.story.DeadLetterPage.Cause;
import io.rpaworker.queue.deadletter.DeadLetterFigures;
import io.rpaworker.queue.deadletter.DeadLetterFigures.Figure;
import io.rpaworker.queue.deadletter.DeadLetterFigures.Sort;
import io.rpaworker.queue.deadletter.DeadLetterFilter;
import io.rpaworker.queue.deadletter.DeadLetters;
import io.rpaworker.queue.deadletter.DeadLetters.DeadLetter;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Lists dead letters page by page, groups them by their causes, and says what they have in common. */
@Component
public class DeadLetterStories {

    private static final int ROWS = 50;
    private static final int CAUSES = 10;

    private final Questions questions;
    private final DeadLetters deadLetters;
    private final DeadLetterFigures figures;

    DeadLetterStories(Questions questions, DeadLetters deadLetters, DeadLetterFigures figures) {
        this.questions = questions;
        this.deadLetters = deadLetters;
        this.figures = figures;
    }

    /**
     * One page.
     *
     * @param limit most of them, from 1 to 200; 50 if it is null
     * @param after what the page before said is next; null for the first
     * @throws io.rpaworker.ops.Problem if a parameter makes no sense, or if rpa_db does not answer
     */
    public DeadLetterPage page(AskedDeadLetters asked, @Nullable String limit, @Nullable String after) {
        DeadLetterFilter filter = asked.filter();
        int rows = Parameters.number("limit", limit, ROWS, DeadLetters.MOST_ROWS);
        DeadLetters.Place place = after == null || after.isEmpty() ? null : Cursor.read(after);
        List<DeadLetter> found = questions.ask(() -> deadLetters.list(filter, place, rows + 1));
        boolean more = found.size() > rows;
        List<DeadLetter> shown = more ? found.subList(0, rows) : found;
        return new DeadLetterPage(
                shown.stream().map(DeadLetterPage.Item::of).toList(), more ? Cursor.behind(shown.getLast()) : null);
    }

    /**
     * The causes of those asked for, 200 at most.
     *
     * @throws io.rpaworker.ops.Problem if a parameter makes no sense, or if rpa_db does not answer
     */
    public DeadLetterPage.Groups groups(AskedDeadLetters asked) {
        DeadLetterFilter filter = asked.filter();
        return new DeadLetterPage.Groups(questions.ask(() -> causes(filter, DeadLetters.MOST_ROWS)));
    }

    /**
     * What those asked for have in common.
     *
     * @throws io.rpaworker.ops.Problem if a parameter makes no sense, or if rpa_db does not answer
     */
    public DeadLetterAnalysis analysis(AskedDeadLetters asked) {
        DeadLetterFilter filter = asked.filter();
        return questions.ask(() -> analysis(figures.count(filter), causes(filter, CAUSES)));
    }

    private List<Cause> causes(DeadLetterFilter filter, int limit) {
        return deadLetters.groups(filter, limit).stream().map(Cause::of).toList();
    }

    private static DeadLetterAnalysis analysis(List<Figure> counted, List<Cause> causes) {
        // There is always one of all, even of none.
        Figure total =
                counted.stream().filter(it -> it.sort() == Sort.ALL).findFirst().orElseThrow();
        Map<String, Long> byFlow = by(counted, Sort.FLOW, Figure::flow);
        List<Hour> hours = hours(counted);
        return new DeadLetterAnalysis(
                total.records(),
                total.oldest(),
                total.newest(),
                Math.round(total.attempts() * 100) / 100.0,
                by(counted, Sort.KIND, Figure::kind),
                byFlow,
                hours,
                causes,
                Suggestions.of(total, byFlow, hours));
    }

    private static Map<String, Long> by(List<Figure> counted, Sort sort, Function<Figure, @Nullable String> name) {
        var counts = new LinkedHashMap<String, Long>();
        counted.stream()
                .filter(it -> it.sort() == sort)
                .forEach(it -> counts.put(Objects.requireNonNullElse(name.apply(it), "unknown"), it.records()));
        return counts;
    }

    private static List<Hour> hours(List<Figure> counted) {
        return counted.stream()
                .filter(it -> it.sort() == Sort.HOUR)
                .flatMap(it -> hour(it).stream())
                .sorted(Comparator.comparing(Hour::hour))
                .toList();
    }

    // What is older than a week has none, and what failed at the end of time has none that can be shown.
    private static List<Hour> hour(Figure figure) {
        Instant hour = figure.hour();
        return hour == null || !Timestamps.isFinite(hour) ? List.of() : List.of(new Hour(hour, figure.records()));
    }
}
