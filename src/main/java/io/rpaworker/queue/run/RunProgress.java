package io.rpaworker.queue.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far the records of a run are, from their rows. All times are PostgreSQL's.
 *
 * @param records the flow's own; the run's parts do not count
 * @param failed dead letters, but those that were cancelled
 * @param cancelled withdrawn with the run, or by an operator
 * @param waiting to be claimed
 * @param retrying failed, and to be tried again
 * @param nextRetryAt when the first of those is; null if there is none
 * @param underWay claimed and not settled
 * @param oldest the one that has been under way for the longest; null if none is
 * @param justCompleted completed within the last {@link #RATE_WINDOW}
 * @param parts of the run itself that have not ended
 */
public record RunProgress(
        long records,
        long completed,
        long failed,
        long cancelled,
        long waiting,
        long retrying,
        @Nullable Instant nextRetryAt,
        long underWay,
        @Nullable UnderWay oldest,
        long justCompleted,
        List<OpenPart> parts) {

    /** Of which time a rate is told. */
    public static final Duration RATE_WINDOW = Duration.ofMinutes(5);

    /** Of a run that has no records yet. */
    public static final RunProgress NONE = of(List.of());

    /**
     * Where something is under way.
     *
     * @param replica its identity; null of a Python worker that does not say
     */
    public record UnderWay(@Nullable String replica, Instant since) {}

    /**
     * A part of a run that has not ended.
     *
     * @param recordId as which record
     * @param kind what is to be done
     * @param number of the page, or of the walk's step, from 0
     * @param underWay where and since when; null if it waits
     * @param dueAt from when it may be claimed; null if it is under way
     * @param error what its last attempt has met; null if there was none
     */
    public record OpenPart(
            long recordId,
            RunPart.Kind kind,
            long number,
            @Nullable UnderWay underWay,
            @Nullable Instant dueAt,
            @Nullable String error) {}

    /** How many have not ended. */
    public long open() {
        return waiting + retrying + underWay;
    }

    /**
     * Rows of which the same is told.
     *
     * @param own whether they are the flow's, and no parts of the run itself
     * @param what their status, but {@code retrying} and {@code cancelled} for what has failed and is no dead letter
     * @param part the id of a part that has not ended; null if they are none
     */
    record Fold(
            boolean own,
            String what,
            @Nullable String replica,
            long records,
            long justCompleted,
            @Nullable Instant since,
            @Nullable Instant retryAt,
            @Nullable Instant availableAt,
            @Nullable Long part,
            @Nullable String kind,
            long number,
            @Nullable String error) {

        private @Nullable UnderWay underWay() {
            return since == null ? null : new UnderWay(replica, since);
        }

        private Stream<OpenPart> openPart() {
            return part == null
                    ? Stream.empty()
                    : Stream.of(new OpenPart(
                            part, kindOf(), number, underWay(), retryAt == null ? availableAt : retryAt, error));
        }

        // Whatever somebody has made of its payload, that there is something open is to be seen.
        private RunPart.Kind kindOf() {
            return Stream.of(RunPart.Kind.values())
                    .filter(it -> it.name().equals(kind))
                    .findFirst()
                    .orElse(RunPart.Kind.PAGE);
        }
    }

    static RunProgress of(List<Fold> folds) {
        List<Fold> own = folds.stream().filter(Fold::own).toList();
        return new RunProgress(
                own.stream().mapToLong(Fold::records).sum(),
                sum(own, "completed"),
                sum(own, "failed"),
                sum(own, "cancelled"),
                sum(own, "pending"),
                sum(own, "retrying"),
                own.stream()
                        .filter(it -> it.what().equals("retrying"))
                        .map(Fold::retryAt)
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder())
                        .orElse(null),
                sum(own, "processing"),
                own.stream()
                        .map(Fold::underWay)
                        .filter(Objects::nonNull)
                        .min(Comparator.comparing(UnderWay::since))
                        .orElse(null),
                own.stream().mapToLong(Fold::justCompleted).sum(),
                folds.stream()
                        .filter(it -> !it.own())
                        .flatMap(Fold::openPart)
                        .sorted(Comparator.comparingLong(OpenPart::recordId))
                        .toList());
    }

    private static long sum(List<Fold> folds, String what) {
        return folds.stream()
                .filter(it -> it.what().equals(what))
                .mapToLong(Fold::records)
                .sum();
    }
}
