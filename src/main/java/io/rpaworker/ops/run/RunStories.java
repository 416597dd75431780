package io.rpaworker.ops.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.ops.Questions;
import io.rpaworker.ops.run.RunStory.Columns;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.RunList;
import io.rpaworker.queue.run.RunList.Asked;
import io.rpaworker.queue.run.RunProgress;
import io.rpaworker.queue.run.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Tells of runs: how far they are, and why they have not ended. */
@Component
public class RunStories {

    private static final int ROWS = 20;
    private static final int MOST_ROWS = 200;
    private static final int ERRORS = 10;
    private static final String OPEN = "open";

    // Each costs a walk over its records, and whoever asks has five seconds.
    private static final int COUNTED = 10;

    private final Questions questions;
    private final RunList runs;
    private final RunSituations situations;

    RunStories(Questions questions, RunList runs, RunSituations situations) {
        this.questions = questions;
        this.runs = runs;
        this.situations = situations;
    }

    /**
     * Some runs, the last first.
     *
     * @param next what to ask for as {@code before} to get the page after this one; null if there is none
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(List<RunStory> runs, @Nullable Long next) {}

    /**
     * One page.
     *
     * @param flow only runs of this flow; null for those of all
     * @param state only those in this state, or {@code open} for all that have not ended; null for any
     * @param limit most of them, from 1 to 200; 20 if it is null
     * @param before only those with a smaller id; null for the latest
     * @throws Problem if a parameter makes no sense, or if rpa_db does not answer
     */
    public Page page(@Nullable String flow, @Nullable String state, @Nullable String limit, @Nullable String before) {
        int rows = Parameters.number("limit", limit, ROWS, MOST_ROWS);
        boolean open = OPEN.equals(state);
        var asked = new Asked(
                Parameters.text("flow", flow),
                open ? null : state(state),
                open,
                before == null || before.isEmpty() ? Long.MAX_VALUE : Parameters.number("before", before),
                rows + 1);
        return questions.ask(() -> {
            List<Run> found = runs.latest(asked);
            boolean more = found.size() > rows;
            List<Run> shown = more ? found.subList(0, rows) : found;
            Instant now = runs.now();
            var stories = new ArrayList<RunStory>();
            int counted = 0;
            for (Run run : shown) {
                boolean counts = run.endedAt() == null && counted++ < COUNTED;
                stories.add(listed(run, counts ? runs.progress(run) : null, now));
            }
            return new Page(stories, more ? shown.getLast().id() : null);
        });
    }

    private static @Nullable RunState state(@Nullable String state) {
        if (state == null || state.isEmpty()) {
            return null;
        }
        String[] allowed = Stream.concat(
                        Stream.of(OPEN), Stream.of(RunState.values()).map(RunState::column))
                .toArray(String[]::new);
        String given = Parameters.oneOf("state", state, allowed);
        return Stream.of(RunState.values())
                .filter(it -> it.column().equals(given))
                .findFirst()
                .orElse(null);
    }

    private static RunStory listed(Run run, @Nullable RunProgress found, Instant now) {
        RunStory.Progress progress = RunFigures.of(run, found, now);
        return new RunStory(Columns.of(run), progress, RunText.of(run, progress, found, now), List.of(), null);
    }

    /**
     * One run, with why it has not ended.
     *
     * @throws Problem if there is none with this id, or if rpa_db does not answer
     */
    public RunStory one(long id) {
        return questions.ask(() -> {
            Run run = runs.find(id)
                    .orElseThrow(() ->
                            new Problem(Problem.Kind.NOT_FOUND, "There is no run %d".formatted(id)).with("run_id", id));
            Instant now = runs.now();
            boolean open = run.endedAt() == null;
            // What has ended has its counts in its row, and retention may have deleted its records.
            RunProgress found = open ? runs.progress(run) : RunProgress.NONE;
            RunStory.Progress progress = RunFigures.of(run, found, now);
            return new RunStory(
                    Columns.of(run),
                    progress,
                    RunText.of(run, progress, found, now),
                    open ? RunReasons.of(run, found, situations.of(run), now) : List.of(),
                    RunFigures.summary(run, found, runs.errors(id, ERRORS)));
        });
    }
}
