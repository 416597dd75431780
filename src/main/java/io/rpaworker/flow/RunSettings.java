package io.rpaworker.flow;

import io.rpaworker.settings.SettingsException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

    // By more a clock is put where a day is left out only.
    private static final Duration MOST_PUT = Duration.ofHours(3);

    private static final Pattern EVERY_HOUR = Pattern.compile("\\*.*|0-23.*|0/.*");

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
        CronExpression schedule;
        try {
            schedule = CronExpression.parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw noSchedule(flow, String.valueOf(e.getMessage()), e);
        }
        if (schedule.next(LocalDateTime.now(ZoneOffset.UTC)) == null) {
            throw noSchedule(flow, "'%s' never comes".formatted(text), null);
        }
        return schedule;
    }

    private static SettingsException noSchedule(String flow, String why, @Nullable Throwable cause) {
        return new SettingsException(
                "Flow '%s': run.schedule is no schedule: %s".formatted(flow, why),
                "Write six fields, second minute hour day month weekday, for instance '0 30 2 * * MON-FRI', or '-' for"
                        + " none, under rpa.flows.%s or rpa.global.".formatted(flow),
                cause);
    }

    /** Whether there is a schedule. */
    public boolean isScheduled() {
        return schedule != null;
    }

    /** As it is written down, to tell whether it has changed. */
    public String scheduleText() {
        return schedule + " " + zone;
    }

    /**
     * The planned times after one moment and until another, both of them PostgreSQL's. Where the clock is put back,
     * what is planned for certain hours comes once, at the first of two such times; where it is put forward, as much
     * later as it is put. What is planned for every hour comes in each hour that passes.
     *
     * @param most how many at most, the first ones
     */
    public List<ZonedDateTime> ticks(ZonedDateTime after, ZonedDateTime until, int most) {
        CronExpression planned = schedule;
        if (planned == null) {
            return List.of();
        }
        ZonedDateTime from = after.withZoneSameInstant(zone);
        if (isEveryHour(planned)) {
            return Stream.iterate(planned.next(from), Objects::nonNull, planned::next)
                    .takeWhile(it -> !it.isAfter(until))
                    .limit(most)
                    .toList();
        }
        LocalDateTime last = until.withZoneSameInstant(zone).toLocalDateTime().plus(MOST_PUT);
        return Stream.iterate(planned.next(from.toLocalDateTime().minus(MOST_PUT)), Objects::nonNull, planned::next)
                .takeWhile(it -> !it.isAfter(last))
                .map(it -> it.atZone(zone))
                .filter(it -> it.isAfter(from) && !it.isAfter(until))
                .distinct()
                .limit(most)
                .sorted()
                .toList();
    }

    private static boolean isEveryHour(CronExpression planned) {
        return EVERY_HOUR.matcher(planned.toString().split("\\s+", -1)[2]).matches();
    }
}
