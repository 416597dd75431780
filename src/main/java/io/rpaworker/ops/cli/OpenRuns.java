package io.rpaworker.ops.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.ops.Questions;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.RunList;
import io.rpaworker.queue.run.RunState;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Runs that have not ended, in a line. */
final class OpenRuns {

    private static final int MOST = 10;

    private OpenRuns() {}

    /**
     * One of them.
     *
     * @param page that is being read; null unless it is being discovered
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record OpenRun(
            long id, String flow, String state, @Nullable Long page) {

        static OpenRun of(Run it) {
            boolean discovering = it.state() == RunState.DISCOVERING;
            return new OpenRun(it.id(), it.flow(), it.state().column(), discovering ? it.pages() + 1 : null);
        }

        private String text() {
            return "%d (%s%s)".formatted(id, state.replace('_', ' '), page == null ? "" : ", page %,d".formatted(page));
        }
    }

    /** Those of a flow, or of all; the last eleven, which says whether there are more than ten. */
    static List<OpenRun> of(Core core, @Nullable String flow) {
        RunList runs = core.part(RunList.class);
        return core
                .part(Questions.class)
                .ask(() -> runs.latest(new RunList.Asked(flow, null, true, Long.MAX_VALUE, MOST + 1)))
                .reversed()
                .stream()
                .map(OpenRun::of)
                .toList();
    }

    /** Says so, if there is any. */
    static void tell(Page page, List<OpenRun> runs) {
        if (runs.isEmpty()) {
            return;
        }
        boolean more = runs.size() > MOST;
        page.line("%s under way: %s"
                .formatted(
                        more
                                ? "More than %d runs are".formatted(MOST)
                                : Page.count(runs.size(), "run") + (runs.size() == 1 ? " is" : " are"),
                        runs.stream()
                                .skip(more ? 1 : 0)
                                .map(OpenRun::text)
                                .collect(Collectors.joining(", ", more ? "..., " : "", ""))));
    }
}
