package io.rpaworker.queue;

import io.rpaworker.testing.RpaDb;
import java.util.List;
import java.util.UUID;

/**
 * What release 0.1.0 sends to PostgreSQL, word for word as far as it touches columns. It goes on running while the next
 * release's replicas start, so its statements must work on every later schema: do not adapt them.
 */
final class FirstRelease {

    private static final String REGISTER = """
            insert into worker_instance (id, host, version, lease_until)
            values (:id, 'first', '0.1.0', clock_timestamp() + make_interval(secs => 3600))
            """;

    private static final String RENEW = """
            update worker_instance
            set lease_until = clock_timestamp() + make_interval(secs => 3600)
            where id = :id and ended_at is null and lease_until > clock_timestamp()
            """;

    private static final String CLAIM = """
            with due as materialized (
                select ctid as place, id, available_at, payload
                from processing_queue
                where flow_name = :flow
                  and claimed_at is null
                  and available_at >= '-infinity'
                  and available_at <= now()
                  and case when crash_count = 0 and id % 1 = 0 then true else false end
                  and exists (
                      select from worker_instance
                      where id = :replica and ended_at is null and lease_until > clock_timestamp())
                order by available_at, id
                limit :limit
                for no key update skip locked
            ), claimed as (
                update processing_queue
                set status = 'processing', claim_id = :claim, flow_instance_id = :replica,
                    claimed_at = now(), updated_at = now()
                where ctid = any (array(select place from due))
                returning id, record_key, payload, retry_count, created_at, available_at
            ), booked as (
                insert into processing_claim (claim_id, instance_id, flow_name, record_ids)
                select :claim, :replica, :flow, array_agg(id) from claimed having count(*) > 0
            )
            select id
            from claimed, (select set_config('synchronous_commit', 'off', true)) as asynchronously
            order by available_at, id
            """;

    private static final String COMPLETE = """
            with settled as (
                update processing_queue q
                set status = 'completed', completed_at = now(), updated_at = now(), error_message = null
                where q.id = any (:ids) and q.claim_id = :claim and q.status = 'processing'
                returning q.id
            )
            select id from settled order by id
            """;

    private static final String FAIL = """
            update processing_queue q
            set status = 'failed', failed_at = now(), updated_at = now(), retry_count = q.retry_count + 1,
                error_message = 'boom', failure_kind = 'error', failure_fingerprint = 'f', crash_count = 0,
                next_retry_at = now()
            where q.id = any (:ids) and q.claim_id = :claim and q.status = 'processing'
            returning q.id
            """;

    private static final String RELEASE = """
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null, updated_at = now()
            where q.id = any (:ids) and q.claim_id = :claim and q.status = 'processing'
            returning q.id
            """;

    private static final String FORGET = """
            delete from processing_claim where claim_id = :claim
            """;

    private static final String DECLARE_DEAD = """
            update worker_instance set ended_at = clock_timestamp(), crashed = true
            where ended_at is null and lease_until < clock_timestamp()
            """;

    private static final String RECOVER = """
            update processing_queue q
            set status = 'pending', claimed_at = null, claim_id = null, flow_instance_id = null,
                crash_count = q.crash_count + 1, updated_at = now()
            from processing_claim c
            join worker_instance w on w.id = c.instance_id
            where w.ended_at is not null
              and q.id = any (c.record_ids) and q.claim_id = c.claim_id and q.status = 'processing'
            returning q.id
            """;

    private final RpaDb db;

    FirstRelease(RpaDb db) {
        this.db = db;
    }

    void register(String replica) {
        db.jdbc().sql(REGISTER).param("id", replica).update();
    }

    boolean renew(String replica) {
        return db.jdbc().sql(RENEW).param("id", replica).update() == 1;
    }

    List<Long> claim(UUID claimId, String replica, String flow, int limit) {
        return db.jdbc()
                .sql(CLAIM)
                .param("claim", claimId)
                .param("replica", replica)
                .param("flow", flow)
                .param("limit", limit)
                .query(Long.class)
                .list();
    }

    List<Long> complete(UUID claimId, List<Long> ids) {
        return settle(COMPLETE, claimId, ids);
    }

    List<Long> fail(UUID claimId, List<Long> ids) {
        return settle(FAIL, claimId, ids);
    }

    List<Long> release(UUID claimId, List<Long> ids) {
        return settle(RELEASE, claimId, ids);
    }

    void forget(UUID claimId) {
        db.jdbc().sql(FORGET).param("claim", claimId).update();
    }

    int declareDead() {
        return db.jdbc().sql(DECLARE_DEAD).update();
    }

    List<Long> recover() {
        return db.jdbc().sql(RECOVER).query(Long.class).list();
    }

    private List<Long> settle(String sql, UUID claimId, List<Long> ids) {
        return db.jdbc()
                .sql(sql)
                .param("claim", claimId)
                .param("ids", ids.stream().mapToLong(Long::longValue).toArray())
                .query(Long.class)
                .list();
    }
}
