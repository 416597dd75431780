package io.rpaworker.testing;

import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** A test's own rpa_db, and the fixtures that tests set its state with. */
public final class RpaDb {

    private final String url;
    private final DataSource dataSource;
    private final DataSource workerDataSource;
    private final JdbcClient jdbc;

    RpaDb(String url) {
        this(
                url,
                new ReusedConnections(Postgres.dataSource(url)),
                new ReusedConnections(Postgres.dataSource(url, WorkerRole.WORKER)));
    }

    private RpaDb(String url, DataSource dataSource, DataSource workerDataSource) {
        this.url = url;
        this.dataSource = dataSource;
        this.workerDataSource = workerDataSource;
        this.jdbc = JdbcClient.create(dataSource);
    }

    /** A database that no connection to it stays open to, such as one on a server of the test's own. */
    public static RpaDb at(String url) {
        return new RpaDb(url, Postgres.dataSource(url), Postgres.dataSource(url, WorkerRole.WORKER));
    }

    /** For {@code spring.datasource.url}. */
    public String url() {
        return url;
    }

    /** For what a test sets up and looks at, as a superuser. Each connection is like a new one. */
    public DataSource dataSource() {
        return dataSource;
    }

    /**
     * For what is tested: as the worker's role, with the rights of {@code docs/sql/roles.sql} and no others. Each
     * connection is like a new one.
     */
    public DataSource workerDataSource() {
        return workerDataSource;
    }

    /** For a test's own statements, as a superuser. */
    public JdbcClient jdbc() {
        // It would be a transaction of its own, and the test would not say what it seems to say.
        if (isInWorkersTransaction()) {
            throw new IllegalStateException("This does not join the worker's transaction, workerJdbc() does");
        }
        return jdbc;
    }

    /** For what is tested, as the worker's role. */
    public JdbcClient workerJdbc() {
        return JdbcClient.create(workerDataSource);
    }

    /** For what an operator orders in SQL, as the operator's role. */
    public JdbcClient operatorJdbc() {
        return JdbcClient.create(Postgres.dataSource(url, WorkerRole.OPERATOR));
    }

    /** Runs statements as they are, without looking for parameters in them. */
    public void execute(String sql) {
        new JdbcTemplate(dataSource).execute(sql);
    }

    /** Empties the queue's tables, and makes replicas known whose leases hold for an hour. Ids begin at 1 again. */
    public void emptyQueue(String... replicas) {
        empty(
                "processing_queue",
                "processing_claim",
                "worker_instance",
                "flow_limit",
                "operator_action",
                "canary_retry",
                "flow_control",
                "record_cancellation",
                "processing_run",
                "run_schedule");
        List.of(replicas).forEach(this::insertReplica);
    }

    /**
     * Empties tables, and their ids begin at 1 again. Each in a statement of its own: whoever still reads two of them
     * has locked them in an order of his own, and all at once would meet him in a deadlock.
     */
    public void empty(String... tables) {
        List.of(tables)
                .forEach(
                        it -> jdbc().sql("truncate " + it + " restart identity").update());
    }

    /** Adds pending records with the payload {@code {"n": 1}} and so on; answers with their ids. */
    public List<Long> insertPending(String flow, int count) {
        return jdbc().sql("""
                        insert into processing_queue (flow_name, payload)
                        select :flow, jsonb_build_object('n', n) from generate_series(1, :count) n
                        returning id
                        """)
                .param("flow", flow)
                .param("count", count)
                .query(Long.class)
                .list();
    }

    /** Adds records with a status, as somebody's SQL would; {@code processing} ones look like a Python worker's. */
    public void insert(String flow, String status, int count) {
        jdbc().sql("insert into processing_queue (flow_name, status, payload)"
                        + " select :flow, :status, '{}' from generate_series(1, :count)")
                .param("flow", flow)
                .param("status", status)
                .param("count", count)
                .update();
    }

    /** Adds records that were made, and finished if at all, so long ago; {@code age} is PostgreSQL's. */
    public void insertOld(String flow, String status, int count, String age) {
        jdbc().sql("""
                        with born (at) as (select now() - cast(:age as interval))
                        insert into processing_queue (flow_name, payload, status, created_at, available_at, claimed_at,
                            completed_at, failed_at)
                        select :flow, '{}', :status, born.at, born.at, born.at,
                               case when :status = 'completed' then born.at end,
                               case when :status = 'failed' then born.at end
                        from born, generate_series(1, :count)
                        """)
                .param("flow", flow)
                .param("status", status)
                .param("count", count)
                .param("age", age)
                .update();
    }

    /** Has a record's first attempt failed; {@code nextRetryAt} is SQL, {@code null} for a dead letter. */
    public void fail(long id, String nextRetryAt) {
        jdbc().sql("update processing_queue set status = 'failed', retry_count = 1, error_message = 'broken',"
                        + " failure_kind = 'error', next_retry_at = " + nextRetryAt + " where id = :id")
                .param("id", id)
                .update();
    }

    /** Makes a replica known whose lease holds for an hour. */
    public String insertReplica(String id) {
        jdbc().sql("insert into worker_instance (id, host, version, lease_until)"
                        + " values (:id, 'test', '1', now() + interval '1 hour')")
                .param("id", id)
                .update();
        return id;
    }

    /** Moves the end of a replica's lease into the past, as if it had stopped renewing it. */
    public void expireLease(String id) {
        jdbc().sql("update worker_instance set lease_until = now() - interval '1 second' where id = :id")
                .param("id", id)
                .update();
    }

    /** Waits until another session waits for what the caller's transaction has locked. */
    public void awaitWaiter() {
        JdbcClient ofTheCaller = isInWorkersTransaction() ? workerJdbc() : jdbc;
        String waiters = "select count(*) from pg_locks where pg_backend_pid() = any (pg_blocking_pids(pid))";
        Awaitility.await()
                .pollInSameThread()
                .until(() -> ofTheCaller.sql(waiters).query(Integer.class).single() > 0);
    }

    /** Ends every connection and lets nobody in, as if the database had gone. */
    public void shut() {
        server().sql("alter database " + name() + " with allow_connections false")
                .update();
        server().sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name")
                .param("name", name())
                .query(Boolean.class)
                .list();
    }

    /** Lets connections in again. */
    public void open() {
        server().sql("alter database " + name() + " with allow_connections true")
                .update();
    }

    /** The status of a record. */
    public String status(long id) {
        return column(id, "status", String.class);
    }

    /** The status of each record, in the order of the ids. */
    public List<String> statuses() {
        return jdbc().sql("select status from processing_queue order by id")
                .query(String.class)
                .list();
    }

    /** How many records of a flow have a status. */
    public int count(String flow, String status) {
        return jdbc().sql("select count(*) from processing_queue where flow_name = :flow and status = :status")
                .param("flow", flow)
                .param("status", status)
                .query(Integer.class)
                .single();
    }

    /** One column of a record that is not null. */
    public <T> T column(long id, String column, Class<T> type) {
        return jdbc().sql("select " + column + " from processing_queue where id = :id")
                .param("id", id)
                .query(type)
                .single();
    }

    /** One column of a record. */
    public <T> @Nullable T nullableColumn(long id, String column, Class<T> type) {
        return jdbc().sql("select " + column + " from processing_queue where id = :id")
                .param("id", id)
                .query((row, rowNumber) -> Optional.ofNullable(row.getObject(1, type)))
                .single()
                .orElse(null);
    }

    private boolean isInWorkersTransaction() {
        return TransactionSynchronizationManager.hasResource(workerDataSource);
    }

    private String name() {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private JdbcClient server() {
        return JdbcClient.create(Postgres.dataSource(url.substring(0, url.lastIndexOf('/') + 1) + "postgres"));
    }
}
