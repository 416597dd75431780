package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.Partition;
import io.rpaworker.lease.WorkerInstance;
import io.rpaworker.queue.recovery.Orphans.Recovered;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Replicas a and b of flow f, and what a sweep does about those that died. */
public final class Fleet {

    public static final int MAX_CRASHES = 4;

    private final RpaDb db;
    private final QueueParts queue;

    public Fleet(RpaDb db) {
        this.db = db;
        this.queue = QueueParts.over(db);
        db.emptyQueue("a", "b");
    }

    public QueueParts queue() {
        return queue;
    }

    public Claim claimed(String replica, int limit) {
        return claimed(UUID.randomUUID(), replica, limit);
    }

    public Claim claimed(UUID claimId, String replica, int limit) {
        return queue.claim(new ClaimRequest(claimId, replica, "f", limit, 16_000_000, null, Partition.ALL));
    }

    /** Claims a suspect, which waits until it can run alone. */
    public Claim claimedSuspect(String replica) {
        Claim claim = queue.claimSuspect(UUID.randomUUID(), replica, "f");
        assertThat(claim.records()).hasSize(1);
        return claim;
    }

    /** Claims a suspect, and has it run alone. */
    public Claim claimedAlone(String replica) {
        Claim claim = claimedSuspect(replica);
        assertThat(queue.bookedClaims().runsAlone(claim.id())).isTrue();
        return claim;
    }

    public void kill(String replica) {
        db.expireLease(replica);
        assertThat(queue.orphans().declareDead()).isEqualTo(1);
    }

    /** A replica that was called dead turns out to have stood still. */
    public void comesBack(String replica) {
        queue.leases().end(new WorkerInstance(replica, "test", "1"));
        queue.orphans().acquit();
    }

    /** Recovers as the maintenance does: until nothing is left. */
    public int sweep() {
        return Stream.generate(() -> queue.orphans().recover(MAX_CRASHES))
                .takeWhile(batch -> !batch.isEmpty())
                .flatMap(List::stream)
                .mapToInt(Recovered::records)
                .sum();
    }

    public void setCrashCount(long id, int crashes) {
        db.jdbc()
                .sql("update processing_queue set crash_count = :crashes where id = :id")
                .param("crashes", crashes)
                .param("id", id)
                .update();
    }

    /** How many crashes each record is blamed for, in the order of the ids. */
    public List<Integer> crashes() {
        return db.jdbc()
                .sql("select crash_count from processing_queue order by id")
                .query(Integer.class)
                .list();
    }
}
