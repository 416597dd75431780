package io.rpaworker.queue;

import io.rpaworker.testing.RpaDb;
import java.util.List;

/** The old system's table as it may be found, and what its producers and Python workers send to it. */
public final class OldQueue {

    /** The table alone, without checks, indexes and triggers. */
    public static final String TABLE = """
            create table processing_queue (
                id serial primary key,
                flow_name varchar(100) not null,
                payload jsonb not null,
                status varchar(20) default 'pending',
                flow_instance_id varchar(100),
                claimed_at timestamp,
                completed_at timestamp,
                error_message text,
                retry_count integer default 0,
                created_at timestamp default now(),
                updated_at timestamp default now()
            )
            """;

    private static final String EXTRAS = """
            alter table processing_queue add check (status in ('pending', 'processing', 'completed', 'failed'));
            create index pq_by_status on processing_queue (status, created_at);
            create index pq_by_flow on processing_queue (flow_name, status);
            create index pq_claims on processing_queue (claimed_at) where claimed_at is not null;
            create index pq_instances on processing_queue (flow_instance_id) where flow_instance_id is not null;
            create index pq_waiting on processing_queue (created_at) where status = 'pending';
            create index pq_running on processing_queue (claimed_at) where status = 'processing';
            create function set_updated_at() returns trigger language plpgsql as $$
            begin
                NEW.updated_at = NOW();
                return NEW;
            end $$;
            create trigger pq_updated before update on processing_queue
                for each row execute function set_updated_at();
            """;

    // created_at is not in the order of the ids; wall-clock times are UTC.
    private static final String ROWS = """
            insert into processing_queue (flow_name, payload, status, flow_instance_id, claimed_at, completed_at,
                error_message, retry_count, created_at, updated_at)
            values
            ('f', '{"n": 1}', 'pending', null, null, null, null, 0, '2026-01-01 10:00', '2026-01-01 10:00'),
            ('f', '{"n": 2}', 'pending', null, null, null, null, 1, '2026-01-01 08:00', '2026-01-01 09:00'),
            ('f', '{"n": 3}', 'pending', null, null, null, null, 0, '2026-01-01 09:00', '2026-01-01 09:00'),
            ('f', '{"n": 4}', 'processing', 'py-1', '2026-01-01 11:00', null, null, 0,
                '2026-01-01 07:00', '2026-01-01 11:00'),
            ('f', '{"n": 5, "result": {"ok": true}}', 'completed', 'py-1', '2026-01-01 06:10', '2026-01-01 06:20',
                null, 2, '2026-01-01 06:00', '2026-01-01 06:20'),
            ('f', '{"n": 6}', 'failed', 'py-2', '2026-01-01 05:10', null, 'boom', 3,
                '2026-01-01 05:00', '2026-01-01 05:30'),
            ('g', '{"n": 7}', null, null, null, null, null, null, null, null),
            ('g', '{"n": 8}', 'completed', null, null, null, null, null, null, null),
            ('g', '{"n": 9}', 'pending', 'py-9', '2026-01-01 04:00', null, 'was reset by hand', 1,
                '2026-01-01 03:00', '2026-01-01 04:30'),
            ('g', '{"n": 10}', 'processing', 'py-3', null, null, null, 0, '2026-01-01 02:00', '2026-01-01 02:10')
            """;

    private final RpaDb db;

    public OldQueue(RpaDb db) {
        this.db = db;
    }

    public static OldQueue in(RpaDb db) {
        db.jdbc().sql(TABLE).update();
        db.jdbc().sql(EXTRAS).update();
        return new OldQueue(db);
    }

    /** Ten records: ids 1 to 10 have {@code n} = id; 7 and 8 are null wherever the old table allowed it. */
    public void insertRowsOfEveryKind() {
        db.jdbc().sql(ROWS).update();
    }

    public void produce(String flow, int n) {
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " values (:flow, jsonb_build_object('n', cast(:n as int)))")
                .param("flow", flow)
                .param("n", n)
                .update();
    }

    public List<Long> claim(String flow, String worker, int limit) {
        return db.jdbc()
                .sql("""
                        update processing_queue
                        set status = 'processing', flow_instance_id = :worker, claimed_at = now(), updated_at = now()
                        where id in (
                            select id from processing_queue
                            where flow_name = :flow and status = 'pending'
                            order by created_at asc
                            limit :limit
                            for update skip locked)
                        returning id
                        """)
                .param("worker", worker)
                .param("flow", flow)
                .param("limit", limit)
                .query(Long.class)
                .list();
    }

    public void complete(long id) {
        db.jdbc()
                .sql("update processing_queue set status = 'completed', completed_at = now(), updated_at = now(),"
                        + " payload = payload || '{\"result\": {\"ok\": true}}' where id = :id")
                .param("id", id)
                .update();
    }

    public void fail(long id, String error) {
        db.jdbc()
                .sql("update processing_queue set status = 'failed', error_message = :error,"
                        + " retry_count = retry_count + 1, updated_at = now() where id = :id")
                .param("id", id)
                .param("error", error)
                .update();
    }

    public int resetFailed(String flow, int maxRetries) {
        return db.jdbc()
                .sql("update processing_queue set status = 'pending', flow_instance_id = null, claimed_at = null,"
                        + " error_message = null, updated_at = now()"
                        + " where flow_name = :flow and status = 'failed' and retry_count < :maxRetries")
                .param("flow", flow)
                .param("maxRetries", maxRetries)
                .update();
    }

    public int cleanupOrphans(String age) {
        return db.jdbc()
                .sql("update processing_queue set status = 'pending', flow_instance_id = null, claimed_at = null,"
                        + " retry_count = retry_count + 1"
                        + " where status = 'processing' and claimed_at < now() - cast(:age as interval)")
                .param("age", age)
                .update();
    }
}
