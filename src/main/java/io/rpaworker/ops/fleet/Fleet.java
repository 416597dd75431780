package io.rpaworker.ops.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.flow.HandledBy;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The replicas that live, and those that have ended within the last hour.
 *
 * @param live how many of those named live
 * @param workers those that live first, the youngest of each first
 * @param more whether there are more than are named
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Fleet(int live, List<Replica> workers, boolean more) {

    /**
     * A replica.
     *
     * @param id of this start of the process
     * @param state live, ended or crashed
     * @param leaseEndsInSeconds by PostgreSQL's clock; null of one that has ended
     * @param listening whether it is told of new records
     * @param thisReplica whether it is the one that answers
     * @param leadsTerm the number of the term in which it does the leader's chores; null if it does not lead
     * @param leadsSince since when; null if that is not known
     * @param handlers what handles which flow; null of a release that does not say
     * @param hindered what hinders its flows, by flow, but those that nothing does; null of a release that does not say
     * @param inFlight what it has claimed and not settled, by flow
     * @param slots of the replica that answers, by flow; null of the others
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Replica(
            String id,
            String host,
            String version,
            Instant startedAt,
            String state,
            @Nullable Double leaseEndsInSeconds,
            @Nullable Instant endedAt,
            boolean listening,
            boolean thisReplica,
            @Nullable Long leadsTerm,
            @Nullable Instant leadsSince,
            @Nullable SortedMap<String, HandledBy> handlers,
            @Nullable SortedMap<String, Hindered> hindered,
            SortedMap<String, InFlight> inFlight,
            @Nullable SortedMap<String, Slots> slots) {}

    /**
     * What hinders a flow.
     *
     * @param waitsFor sources
     * @param hangingCalls that take longer than their record-timeout and may still end; some of them if there are many
     * @param stuckCalls that ignore their interrupt, each of which keeps a slot
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Hindered(List<String> waitsFor, int hangingCalls, int stuckCalls) {}

    /**
     * Claimed and not settled.
     *
     * @param oldestClaimedAt when the oldest claim of these records was made
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record InFlight(int records, Instant oldestClaimedAt) {}

    /**
     * How many calls of a flow's handler there may be at once.
     *
     * @param busy whose call is within its time
     * @param stuck whose call was given up and goes on all the same
     * @param free that wait for a record
     */
    public record Slots(int total, int busy, int stuck, int free) {}
}
