package io.rpaworker.ops.cli;

import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.ops.fleet.Fleet;
import io.rpaworker.ops.fleet.Fleet.InFlight;
import io.rpaworker.ops.fleet.Fleet.Replica;
import io.rpaworker.queue.counts.QueueCounts.Later;
import io.rpaworker.queue.counts.StatusCounts;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** Tables that several commands show. */
final class Overview {

    private static final String LIVE = "live";

    private Overview() {}

    static void records(Page page, QueueSnapshot snapshot) {
        StatusCounts sum = snapshot.sum();
        long dead = snapshot.counts().keySet().stream()
                .mapToLong(it -> dead(snapshot, it))
                .sum();
        page.line("%,d records: %,d pending, %,d processing, %,d completed, %,d failed (dead letters: %,d)"
                .formatted(sum.total(), sum.pending(), sum.processing(), sum.completed(), sum.failed(), dead));
    }

    /** What there is of each flow. */
    static Table flows(QueueSnapshot snapshot) {
        Table table = Table.of(
                "FLOW",
                "REPLICAS",
                "PENDING",
                "POSTPONED",
                "PROCESSING",
                "RETRYING",
                "DEAD",
                "COMPLETED",
                "OLDEST DUE");
        snapshot.counts().forEach((flow, counts) -> {
            Later later = snapshot.later(flow);
            long dead = dead(snapshot, flow);
            int replicas = snapshot.processedBy(flow).size();
            boolean left = replicas == 0 && counts.pending() > 0;
            table.row(
                    left ? Style.BAD : dead > 0 ? Style.WARNING : Style.NONE,
                    flow,
                    replicas,
                    counts.pending(),
                    later.postponed(),
                    counts.processing(),
                    later.retrying(),
                    dead,
                    counts.completed(),
                    Page.age(snapshot.oldestAges().get(flow)));
        });
        return table;
    }

    /** Failed records that no attempt is due for; counted a moment later than the others. */
    static long dead(QueueSnapshot snapshot, String flow) {
        long failed = snapshot.counts().getOrDefault(flow, StatusCounts.NONE).failed();
        return Math.max(0, failed - snapshot.later(flow).retrying());
    }

    /** Which replicas there are. */
    static Table replicas(Page page, Fleet fleet, int most) {
        Table table = Table.of("REPLICA", "VERSION", "STATE", "LEASE ENDS", "LEADS", "IN FLIGHT", "OLDEST CLAIM", "UP");
        fleet.workers().stream()
                .limit(most)
                .forEach(it -> table.row(
                        it.state().equals(LIVE) ? Style.NONE : it.state().equals("crashed") ? Style.BAD : Style.FAINT,
                        it.id(),
                        it.version(),
                        it.state(),
                        lease(it),
                        it.leadsTerm() == null ? null : "term " + it.leadsTerm(),
                        inFlight(it),
                        page.ago(oldestClaim(it)),
                        page.ago(it.startedAt())));
        return table;
    }

    private static String lease(Replica replica) {
        Double seconds = replica.leaseEndsInSeconds();
        if (seconds == null) {
            return Page.at(replica.endedAt());
        }
        return seconds < 0 ? Page.age(-seconds) + " ago" : "in " + Page.age(seconds);
    }

    static int inFlight(Replica replica) {
        return replica.inFlight().values().stream().mapToInt(InFlight::records).sum();
    }

    static @Nullable Instant oldestClaim(Replica replica) {
        return replica.inFlight().values().stream()
                .map(InFlight::oldestClaimedAt)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }
}
