package io.rpaworker.flow;

import io.rpaworker.settings.SettingsException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.support.CronExpression;

/**
 * How the runs of a flow are started and discovered.
 *
 * @param schedule when one is started; null for never
 * @param zone whose clock the schedule means
 * @param catchUp which ticks are made up for that passed while no replica was there
 * @param overlap what becomes of a start while a run of the flow has not ended
 * @param pageSize how many records a page should have
 * @param maxOpen most records that wait before discovery does
 * @param maxDepth how deep children may be
 */
public record RunSettings(
        @Nullable CronExpression schedule,
        ZoneId zone,
        CatchUp catchUp,
        Overlap overlap,
        int pageSize,
        int maxOpen,
        int maxDepth) {

    /** Which missed ticks are made up for. */
    public enum CatchUp {
        /** None: the next one is the next planned. */
        NONE,
        /** The latest one. */
        LAST,
        /** Each of them. */
        ALL
    }

    /** What becomes of a start while a run of the flow has not ended. */
    public enum Overlap {
        /** There is none: a tick is left out, an order refused. */
        SKIP,
        /** It waits until the runs before it have ended. */
        QUEUE,
        /** Both go on at once. */
        ALLOW
    }

    static RunSettings of(String flow, FlowProperties.@Nullable Run own, FlowProperties.@Nullable Run global) {
        var found = new Fallback<>(own, global);
        return new RunSettings(
                schedule(flow, found.find(FlowProperties.Run::schedule)),
                found.get(FlowProperties.Run::timeZone, ZoneId.of("UTC")),
                found.get(FlowProperties.Run::catchUp, CatchUp.LAST),
                found.get(FlowProperties.Run::overlap, Overlap.SKIP),
                found.get(FlowProperties.Run::pageSize, 1_000),
                found.get(FlowProperties.Run::maxOpen, 50_000),
                found.get(FlowProperties.Run::maxDepth, 3));
    }

    private static @Nullable CronExpression schedule(String flow, @Nullable String text) {
        // What an environment leaves empty takes away what another one has set.
        if (text == null || text.isBlank() || text.equals("-")) {
            return null;
        }
        try {
            return CronExpression.parse(text);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(
                    "Flow '%s': run.schedule is no schedule: %s".formatted(flow, e.getMessage()),
                    "Write six fields, second minute hour day month weekday, for instance '0 30 2 * * MON-FRI', or '-' for"
                            + " none, under rpa.flows.%s or rpa.global.".formatted(flow),
                    e);
        }
    }

    /** As it is written down, to tell whether it has changed. */
    public String scheduleText() {
        return schedule + " " + zone;
    }

    /**
     * The planned times after one moment and until another, both of them PostgreSQL's.
     *
     * @param most how many at most, the first ones
     */
    public List<ZonedDateTime> ticks(ZonedDateTime after, ZonedDateTime until, int most) {
        var ticks = new ArrayList<ZonedDateTime>();
        CronExpression planned = schedule;
        ZonedDateTime next = planned == null ? null : planned.next(after.withZoneSameInstant(zone));
        while (planned != null && next != null && !next.isAfter(until) && ticks.size() < most) {
            ticks.add(next);
            next = planned.next(next);
        }
        return ticks;
    }
}
