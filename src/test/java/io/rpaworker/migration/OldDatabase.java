package io.rpaworker.migration;

import io.rpaworker.testing.RpaDb;
import java.util.List;

/** An rpa_db as the old system leaves it, in the two shapes that are known, with what was built on it in years. */
public final class OldDatabase {

    /** How the table was made: by the old system's migrations, or by its documents. */
    public enum Shape {
        MIGRATED("not null "),
        DOCUMENTED("");

        private final String constraint;

        Shape(String constraint) {
            this.constraint = constraint;
        }
    }

    private static final String TABLE = """
            create table processing_queue (
                id serial primary key,
                flow_name varchar(100) not null,
                payload jsonb not null,
                status varchar(20) {constraint}default 'pending'
                    check (status in ('pending', 'processing', 'completed', 'failed')),
                flow_instance_id varchar(100),
                claimed_at timestamp,
                completed_at timestamp,
                error_message text,
                retry_count integer {constraint}default 0,
                created_at timestamp {constraint}default now(),
                updated_at timestamp {constraint}default now()
            )
            """;

    /** Those that the old system's migrations leave. */
    public static final List<String> NINE = List.of(
            "idx_processing_queue_created_at on processing_queue (created_at)",
            "idx_processing_queue_status_created_at on processing_queue (status, created_at)",
            "idx_processing_queue_flow_name_status on processing_queue (flow_name, status)",
            "idx_processing_queue_flow_instance_id on processing_queue (flow_instance_id)"
                    + " where flow_instance_id is not null",
            "idx_processing_queue_pending on processing_queue (created_at) where status = 'pending'",
            "idx_processing_queue_processing_claimed_at on processing_queue (claimed_at) where status = 'processing'",
            "idx_processing_queue_failed_retry on processing_queue (retry_count, created_at) where status = 'failed'",
            "idx_processing_queue_cleanup_timestamps on processing_queue (completed_at, created_at, status)",
            "idx_processing_queue_monitoring on processing_queue (flow_name, status, created_at)");

    /** Those of its documents. */
    public static final List<String> SIX = List.of(
            "idx_processing_queue_status on processing_queue (status, created_at)",
            "idx_processing_queue_flow on processing_queue (flow_name, status)",
            "idx_processing_queue_claimed_at on processing_queue (claimed_at) where claimed_at is not null",
            "idx_processing_queue_instance_id on processing_queue (flow_instance_id)"
                    + " where flow_instance_id is not null",
            "idx_processing_queue_waiting on processing_queue (created_at) where status = 'pending'",
            "idx_processing_queue_running on processing_queue (claimed_at) where status = 'processing'");

    private static final String TRIGGER = """
            create function update_updated_at_column() returns trigger as $$
            BEGIN
                NEW.updated_at = CURRENT_TIMESTAMP;
                RETURN NEW;
            END;
            $$ language 'plpgsql';
            create trigger update_processing_queue_updated_at before update on processing_queue
                for each row execute function update_updated_at_column();
            """;

    // Wall-clock times are UTC.
    private static final String ROWS = """
            insert into processing_queue (flow_name, payload, status, flow_instance_id, claimed_at, completed_at,
                error_message, retry_count, created_at, updated_at)
            select (array['survey_processor', 'rpa1_file_processing', 'rpa2_validation'])[1 + n % 3],
                   jsonb_build_object('n', n, 'survey_id', 'SURV-' || n),
                   (array['pending', 'completed', 'failed', 'processing', 'completed'])[1 + n % 5],
                   case when n % 5 > 0 then 'worker-' || n % 7 end,
                   case when n % 5 > 0 and n % 11 > 0 then made + interval '1 minute' end,
                   case when n % 5 in (1, 4) then made + interval '2 minutes' end,
                   case when n % 5 = 2 then 'ValueError: ' || n end,
                   n % 4, made, made + interval '3 minutes'
            from generate_series(1, 60) n
            cross join lateral (select timestamp '2026-01-01 08:00' - n * interval '17 minutes' as made) times
            """;

    /**
     * All that the old system knows of its records, and nothing that it does not; {@code {clock}} makes wall clocks of
     * times.
     */
    private static final String DIGEST = """
            select md5(string_agg(concat_ws('|', id, flow_name, payload, coalesce(status, 'pending'),
                       case when coalesce(status, 'pending') <> 'pending' then flow_instance_id end,
                       case when coalesce(status, 'pending') <> 'pending'
                           then coalesce(claimed_at, completed_at, updated_at) {clock} end,
                       completed_at {clock}, error_message, coalesce(retry_count, 0), created_at {clock}, updated_at {clock}),
                       E'\\n' order by id))
            from processing_queue
            """;

    private final RpaDb db;

    private OldDatabase(RpaDb db) {
        this.db = db;
    }

    /** Makes the table with 60 records of every status. */
    public static OldDatabase in(RpaDb db, Shape shape, List<String> indexes) {
        var old = new OldDatabase(db);
        old.run(TABLE.replace("{constraint}", shape.constraint));
        if (shape == Shape.MIGRATED) {
            old.run(TRIGGER);
        }
        indexes.forEach(it -> old.run("create index " + it));
        old.run(ROWS);
        return old;
    }

    /** Runs whatever somebody has added since. */
    public void run(String sql) {
        db.jdbc().sql(sql).update();
    }

    /** Of the old columns and the wall clocks of their times, the same before and after the adoption. */
    public String digest() {
        boolean wallClock = db.jdbc()
                .sql("select data_type = 'timestamp without time zone' from information_schema.columns"
                        + " where table_name = 'processing_queue' and column_name = 'claimed_at'")
                .query(Boolean.class)
                .single();
        return db.jdbc()
                .sql(DIGEST.replace("{clock}", wallClock ? "" : "at time zone 'UTC'"))
                .query(String.class)
                .single();
    }
}
