package io.rpaworker.bench;

import io.rpaworker.bench.handler.Progress;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Records of one flow, each with another id in its payload. For one thread. */
final class Orders {

    /** As SQL, the same for everybody. */
    static final String NOTE = "'a small payload of text'";

    // Nothing that has been completed is read, so that asking often does not disturb what is measured.
    private static final String HELD = """
            select count(*)
            from processing_claim c
            cross join lateral (
                select from processing_queue
                where id = any (c.record_ids) and claim_id = c.claim_id and status = 'processing'
                offset 0
            ) q
            where c.flow_name = :flow
            """;
    private static final String LEFT = """
            select (select count(*) from processing_queue
                    where flow_name = :flow and claimed_at is null and available_at <= now())
                 + (%s)
            """.formatted(HELD);

    private final JdbcClient db;
    private final String flow;
    private final String payload;
    private long added;

    Orders(JdbcClient db, String flow) {
        this(db, flow, payload(NOTE));
    }

    /**
     * With payloads of one's own.
     *
     * @param payload of record {@code i}, from 1, as SQL
     */
    Orders(JdbcClient db, String flow, String payload) {
        this.db = db;
        this.flow = flow;
        this.payload = payload;
    }

    /** The payload of record {@code i} with a text of one's own, both as SQL. */
    static String payload(String note) {
        return "jsonb_build_object('id', i, 'flow', 'orders', 'customer', 'c-' || (i % 1000),"
                + " 'amount', (i * 7 % 10000) + 0.5, 'note', " + note + ")";
    }

    long added() {
        return added;
    }

    /** Adds records that are due at once. */
    void add(int records) {
        addDueAt(records, now());
    }

    /**
     * Adds records that all fall due at one moment: that is the signal to begin. The table is cleaned up after that.
     *
     * @param ahead how far away that moment is
     * @return that moment, in seconds since 1970
     * @throws IllegalStateException if it has come before all was ready
     */
    double fill(Server server, int records, Duration ahead) {
        double due = now() + ahead.toMillis() / 1e3;
        addDueAt(records, due);
        server.settle(db);
        if (Progress.micros() / 1e6 > due - 1) {
            throw new IllegalStateException(
                    "Filling the queue with %,d records took longer than %s".formatted(records, ahead));
        }
        return due;
    }

    /** Adds records that nobody will handle today. */
    void addNotDue(int records) {
        addDueAt(records, now() + Duration.ofDays(1).toSeconds());
    }

    /** How many records that were due are not completed. */
    long left() {
        return db.sql(LEFT).param("flow", flow).query(Long.class).single();
    }

    /**
     * How many records are claimed and not settled.
     *
     * @param db a connection of the caller's own
     */
    long held(JdbcClient db) {
        return db.sql(HELD).param("flow", flow).query(Long.class).single();
    }

    /**
     * Waits until all that were added are handled, and the database shows none that is left.
     *
     * @param handled how many of them have been handled so far
     */
    void awaitDone(Duration patience, LongSupplier handled) throws InterruptedException {
        Patience.of(patience)
                .await("the last records", Duration.ofMillis(50), () -> handled.getAsLong() >= added && left() == 0);
    }

    /** Sleeps until shortly before the records of {@link #fill} fall due. */
    static void sleepUntil(double due) {
        try {
            Thread.sleep(Duration.ofNanos((long) Math.max(0, (due - 0.05) * 1e9 - Progress.micros() * 1e3)));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private double now() {
        return db.sql("select cast(extract(epoch from clock_timestamp()) as float8)")
                .query(Double.class)
                .single();
    }

    /** Likewise, each with a key. */
    void addWithKeys(int records) {
        db.sql("insert into processing_queue (flow_name, payload, record_key) select :flow, "
                        + payload
                        + ", cast(i as text) from generate_series(:first, :last) i")
                .param("flow", flow)
                .param("first", added + 1)
                .param("last", added + records)
                .update();
        added += records;
    }

    private void addDueAt(int records, double due) {
        db.sql("insert into processing_queue (flow_name, payload, available_at) select :flow, "
                        + payload
                        + ", to_timestamp(:due) from generate_series(:first, :last) i")
                .param("flow", flow)
                .param("due", due)
                .param("first", added + 1)
                .param("last", added + records)
                .update();
        added += records;
    }
}
