package io.rpaworker.queue.run;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A record that is a part of a run itself, as its payload says.
 *
 * @param run which run
 * @param kind what is to be done
 * @param round of the run, when it was added
 * @param number of the page, or of the walk's step, from 0
 * @param waits how often the page has waited because too many records did
 * @param asked dead letters until then are tried again, by PostgreSQL's clock; null unless this is a walk
 */
public record RunPart(
        long run,
        Kind kind,
        int round,
        long number,
        int waits,
        @Nullable Instant asked) {

    /** What is beside a flow for its discovery, added to the flow's name. */
    public static final String DISCOVERY = "/run";

    /** What is beside a flow for the end of its runs, added to the flow's name. */
    public static final String END = "/end";

    /** What is to be done. */
    public enum Kind {
        /** A page is to be read, and its records to be added. */
        PAGE,
        /** Some of the run's dead letters are to be made pending again, but for those that were cancelled. */
        RETRY,
        /** Some of its dead letters, whatever has ended them. */
        REOPEN,
        /** What is done once at the end is to be done. */
        END
    }

    /** A flow and the two beside it, of whose runs it is. */
    public static List<String> flowsWith(String flow) {
        return List.of(flow, flow + DISCOVERY, flow + END);
    }

    /** The flow that another is beside, as its name says; itself if it says nothing. */
    public static String ownerOf(String flow) {
        return Stream.of(DISCOVERY, END)
                .filter(it -> flow.endsWith(it) && flow.length() > it.length())
                .map(it -> flow.substring(0, flow.length() - it.length()))
                .findFirst()
                .orElse(flow);
    }

    static RunPart page(long run, int round, long number) {
        return new RunPart(run, Kind.PAGE, round, number, 0, null);
    }

    static RunPart walk(long run, Kind kind, int round, Instant asked) {
        return new RunPart(run, kind, round, 0, 0, asked);
    }

    static RunPart end(long run, int round) {
        return new RunPart(run, Kind.END, round, 0, 0, null);
    }

    RunPart next() {
        return new RunPart(run, kind, round, number + 1, 0, asked);
    }

    RunPart waiting() {
        return new RunPart(run, kind, round, number, waits + 1, asked);
    }

    String flowOf(String flow) {
        return flow + (kind == Kind.END ? END : DISCOVERY);
    }

    /** Once per run: who adds it again adds nothing. */
    String key() {
        return switch (kind) {
            case PAGE -> "#page:" + number + (round == 1 && waits == 0 ? "" : ":" + round + "." + waits);
            case RETRY, REOPEN -> "#retry:" + round + ":" + asked + ":" + number;
            case END -> "#end:" + round;
        };
    }

    String json() {
        return "{\"run\": %d, \"kind\": \"%s\", \"round\": %d, \"number\": %d, \"waits\": %d%s}"
                .formatted(run, kind, round, number, waits, asked == null ? "" : ", \"asked\": \"" + asked + "\"");
    }
}
