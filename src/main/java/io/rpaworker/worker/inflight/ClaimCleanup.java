package io.rpaworker.worker.inflight;

import io.rpaworker.queue.ClaimJournal;
import io.rpaworker.queue.Releases;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be told to the database later: claims that nobody here works on any more, claims whose answer was lost,
 * records that could not be settled. Tried again until PostgreSQL answers.
 */
public final class ClaimCleanup {

    private static final Logger log = LoggerFactory.getLogger(ClaimCleanup.class);

    private static final int MANY = 8;

    private final ClaimJournal claims;
    private final Releases releases;
    private final FlowMeters meters;
    private final Queue<UUID> over = new ConcurrentLinkedQueue<>();
    private final Queue<Unanswered> unanswered = new ConcurrentLinkedQueue<>();
    private final Queue<Abandoned> abandoned = new ConcurrentLinkedQueue<>();

    private record Unanswered(UUID claimId, String replicaId, String flow) {}

    private record Abandoned(UUID claimId, List<Long> ids) {}

    ClaimCleanup(ClaimJournal claims, Releases releases, FlowMeters meters) {
        this.claims = claims;
        this.releases = releases;
        this.meters = meters;
    }

    /**
     * Nobody here works on the claim any more. Its row goes once the table says that none of its records is held: what
     * was answered before says nothing about a server that has taken over since.
     */
    void over(UUID claimId) {
        over.add(claimId);
    }

    /** The claim may have happened, but its answer did not come. */
    public void unanswered(UUID claimId, String replicaId, String flow) {
        unanswered.add(new Unanswered(claimId, replicaId, flow));
    }

    /** These records are to be released. */
    void abandoned(UUID claimId, List<Long> ids) {
        abandoned.add(new Abandoned(claimId, ids));
    }

    /** Whether so many claims are over that a statement for them is worth its way. */
    public boolean areMany() {
        return over.size() >= MANY;
    }

    /** Whether records wait to be released. */
    public boolean isUrgent() {
        return !unanswered.isEmpty() || !abandoned.isEmpty();
    }

    /**
     * Releases what must not wait: claims whose answer was lost, and records that could not be settled.
     *
     * @throws RuntimeException if PostgreSQL does not answer; what was not told is kept
     */
    public void tellUrgent() {
        for (Unanswered lost = unanswered.peek(); lost != null; lost = unanswered.peek()) {
            claims.revoke(lost.claimId(), lost.replicaId(), lost.flow());
            // A claim that did not happen is not forgotten: its row is what keeps it from happening yet.
            if (releaseWhole(lost.claimId()) > 0) {
                over(lost.claimId());
            }
            unanswered.remove(lost);
        }
        for (Abandoned some : List.copyOf(abandoned)) {
            counted(releases.release(some.claimId(), some.ids()));
            Set<Long> locked = releases.held(some.claimId(), some.ids());
            abandoned.remove(some);
            if (!locked.isEmpty()) {
                abandoned(some.claimId(), List.copyOf(locked));
            }
        }
    }

    private int releaseWhole(UUID claimId) {
        return counted(releases.releaseWhole(claimId));
    }

    private int counted(Set<Long> released) {
        released.forEach(it -> meters.released(0));
        return released.size();
    }

    /**
     * Tells everything.
     *
     * @throws RuntimeException if PostgreSQL does not answer; what was not told is kept
     */
    public void tell() {
        tellUrgent();
        forget();
    }

    private void forget() {
        var forgotten = new ArrayList<UUID>();
        for (UUID claim = over.poll(); claim != null; claim = over.poll()) {
            forgotten.add(claim);
        }
        if (!forgotten.isEmpty()) {
            try {
                claims.forgetIfSettled(forgotten);
            } catch (RuntimeException e) {
                over.addAll(forgotten);
                throw e;
            }
        }
    }

    /**
     * Releases what PostgreSQL holds for a replica although the replica is done with it: a failover, or a crash without
     * synchronous commits, has undone completions that were answered.
     *
     * @param active whether the replica is still at a claim
     * @throws RuntimeException if PostgreSQL does not answer
     */
    public void reconcile(String replicaId, String flow, Predicate<UUID> active) {
        for (UUID held : claims.held(replicaId, flow)) {
            if (!active.test(held)) {
                int undone = releaseWhole(held);
                if (undone > 0) {
                    log.warn(
                            "{} records of flow {} were settled, but PostgreSQL has lost that; releasing them",
                            undone,
                            flow);
                }
                over(held);
            }
        }
    }
}
