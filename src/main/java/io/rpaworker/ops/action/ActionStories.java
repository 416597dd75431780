package io.rpaworker.ops.action;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.rpaworker.control.ActionLog;
import io.rpaworker.control.ActionLog.Action;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Questions;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Tells who has done what. */
@Component
public class ActionStories {

    private static final int ROWS = 50;
    private static final int MOST_ROWS = 200;

    private final Questions questions;
    private final ActionLog log;

    ActionStories(Questions questions, ActionLog log) {
        this.questions = questions;
        this.log = log;
    }

    /**
     * Some actions, the last first.
     *
     * @param next what to ask for as {@code before} to get the page after this one; null if there is none
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(List<Item> actions, @Nullable Long next) {}

    /**
     * One action.
     *
     * @param flowName whose records; null for those of any flow
     * @param details what was asked for
     * @param records how many were changed by it; an order about many is written down batch by batch
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Item(
            long id,
            Instant at,
            String actor,
            String action,
            @Nullable String flowName,
            String reason,
            @JsonRawValue String details,
            long records) {

        static Item of(Action it) {
            return new Item(
                    it.id(), it.at(), it.actor(), it.action(), it.flow(), it.reason(), it.details(), it.records());
        }
    }

    /**
     * One page.
     *
     * @param flow only what was done to records of this flow; null for everything
     * @param limit most of them, from 1 to 200; 50 if it is null
     * @param before only those with a smaller id; null for the latest
     * @throws io.rpaworker.ops.Problem if a parameter makes no sense, or if rpa_db does not answer
     */
    public Page page(@Nullable String flow, @Nullable String limit, @Nullable String before) {
        String its = Parameters.text("flow", flow);
        int rows = Parameters.number("limit", limit, ROWS, MOST_ROWS);
        long smaller = before == null || before.isEmpty() ? Long.MAX_VALUE : Parameters.number("before", before);
        List<Action> found = questions.ask(() -> log.latest(its, smaller, rows + 1));
        boolean more = found.size() > rows;
        List<Action> shown = more ? found.subList(0, rows) : found;
        return new Page(
                shown.stream().map(Item::of).toList(), more ? shown.getLast().id() : null);
    }
}
