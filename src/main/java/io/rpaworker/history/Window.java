package io.rpaworker.history;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A time that statistics are asked for, made of whole spans of the finest kind that is kept for so long.
 *
 * @param from inclusive; at or before what was asked for
 * @param to exclusive; at or after what was asked for, but not in the future: rates are of the time that has passed
 * @param finest its beginning is that of such a span, and its end too unless it is the present
 */
public record Window(Instant from, Instant to, Span finest) {

    /**
     * The smallest that has all of a time.
     *
     * @param now by PostgreSQL's clock
     * @throws IllegalArgumentException if it does not end after it begins
     */
    public static Window of(Instant from, Instant to, Instant now) {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException(
                    "A window ends after it begins, but %s is not before %s".formatted(from, to));
        }
        Span finest =
                Span.MINUTE.reaches(from, now) ? Span.MINUTE : Span.HOUR.reaches(from, now) ? Span.HOUR : Span.DAY;
        return new Window(from, to, finest).in(finest, now);
    }

    /**
     * The smallest of whole spans of another kind that has all of it.
     *
     * @param span not finer than the finest of this
     */
    public Window in(Span span, Instant now) {
        Instant end = span.ceiling(to);
        return new Window(span.floor(from), end.isAfter(now) ? now : end, span);
    }

    /** How long it is. */
    public Duration length() {
        return Duration.between(from, to);
    }

    /** A part of a window that whole spans of one kind fill. */
    record Part(Span span, Instant from, Instant to) {}

    /** Its parts, each of the coarsest spans that fit, so that few rows are read however long it is. */
    List<Part> parts() {
        return parts(from, to, Span.DAY);
    }

    private List<Part> parts(Instant begin, Instant end, Span coarsest) {
        if (!begin.isBefore(end)) {
            return List.of();
        }
        if (coarsest == finest) {
            return List.of(new Part(finest, begin, end));
        }
        Span finer = coarsest == Span.DAY ? Span.HOUR : Span.MINUTE;
        Instant first = coarsest.ceiling(begin);
        Instant last = coarsest.floor(end);
        if (!first.isBefore(last)) {
            return parts(begin, end, finer);
        }
        var parts = new ArrayList<Part>(parts(begin, first, finer));
        parts.add(new Part(coarsest, first, last));
        parts.addAll(parts(last, end, finer));
        return parts;
    }
}
