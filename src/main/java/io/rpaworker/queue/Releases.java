package io.rpaworker.queue;

import io.rpaworker.database.Seconds;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Makes records of a claim pending again with their attempt: whoever claims one next is at the same attempt. Every
 * statement is guarded by the claim's id and answers with the records that were still its own; for the others nothing
 * changes. A row that somebody else has locked is not waited for: whoever did would keep all other records waiting.
 */
@Component
public class Releases {

    private static final String RELEASE = """
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, updated_at = now()
            where q.id = any (array(
                select id
                from processing_queue
                where id = any (:ids) and claim_id = :claim and status::text = 'processing'
                for no key update skip locked))
            returning q.id
            """;

    // Nobody claims it before: that is all that makes it later.
    private static final String POSTPONE = """
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, updated_at = now(),
                available_at = now() + make_interval(secs => :delaySeconds)
            where q.id = any (array(
                select id
                from processing_queue
                where id = any (:ids) and claim_id = :claim and status::text = 'processing'
                for no key update skip locked))
            returning q.id
            """;

    // Two, as if it had been under way in two crashes: that is what makes a suspect.
    private static final String SUSPECT = """
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, updated_at = now(),
                crash_count = least(greatest(q.crash_count, 1), 2147483646) + 1
            where q.id = any (array(
                select id
                from processing_queue
                where id = any (:ids) and claim_id = :claim and status::text = 'processing'
                for no key update skip locked))
            returning q.id
            """;

    // Which records these are, only the claim's row can say.
    private static final String RELEASE_WHOLE = """
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, updated_at = now()
            where q.id = any (array(
                select id
                from processing_queue
                where id = any (array(select pg_catalog.unnest(record_ids) from processing_claim where claim_id = :claim))
                  and claim_id = :claim and status::text = 'processing'
                for no key update skip locked))
            returning q.id
            """;

    // Without a lock: what somebody else has locked is what is asked for.
    private static final String HELD = """
            select id
            from processing_queue
            where id = any (:ids) and claim_id = :claim and status::text = 'processing'
            """;

    private final JdbcClient jdbc;

    Releases(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Makes records pending again as if they had never been claimed.
     *
     * @return the records that were still the claim's and were not locked
     */
    public Set<Long> release(UUID claimId, Collection<Long> ids) {
        return answer(jdbc.sql(RELEASE), claimId, ids);
    }

    /**
     * Makes records pending again with their attempt, but not before {@code delay} has passed.
     *
     * @return the records that were still the claim's and were not locked
     */
    public Set<Long> postpone(UUID claimId, Collection<Long> ids, Duration delay) {
        return answer(jdbc.sql(POSTPONE).param("delaySeconds", Seconds.of(delay)), claimId, ids);
    }

    /**
     * Makes records pending again with their attempt, as suspects: each runs alone next time.
     *
     * @return the records that were still the claim's and were not locked
     */
    public Set<Long> suspect(UUID claimId, Collection<Long> ids) {
        return answer(jdbc.sql(SUSPECT), claimId, ids);
    }

    /**
     * Makes pending again whatever a claim still holds: the way out when the answer to the claim itself was lost.
     *
     * @return the records that were still the claim's and were not locked
     */
    public Set<Long> releaseWhole(UUID claimId) {
        return jdbc.sql(RELEASE_WHOLE).param("claim", claimId).query(Long.class).set();
    }

    /** Which of these records are the claim's at this moment, locked by somebody or not. */
    public Set<Long> held(UUID claimId, Collection<Long> ids) {
        return answer(jdbc.sql(HELD), claimId, ids);
    }

    private Set<Long> answer(JdbcClient.StatementSpec statement, UUID claimId, Collection<Long> ids) {
        return ClaimParameters.bind(statement, claimId, ids).query(Long.class).set();
    }
}
