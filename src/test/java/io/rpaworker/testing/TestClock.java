package io.rpaworker.testing;

import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.PGProperty;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A clock of PostgreSQL's that stands still until the test moves it.
 *
 * <p>{@code now()} and {@code clock_timestamp()} of a schema that comes before {@code pg_catalog} in the search path
 * stand for the real ones in every statement of {@link #dataSource}, so nothing waits for time and nothing depends on
 * how fast the test runs. The clock starts in 2001: whoever asks the JVM's clock instead is decades off.
 */
public final class TestClock {

    private static final String CREATE = """
            create schema test_clock;
            create table test_clock.hand (at timestamptz not null);
            insert into test_clock.hand values ('2001-01-01T00:00:00Z');
            create function test_clock.now() returns timestamptz language sql stable
                as 'select at from test_clock.hand';
            create function test_clock.clock_timestamp() returns timestamptz language sql volatile
                as 'select at from test_clock.hand';
            grant usage on schema test_clock to public;
            grant select on test_clock.hand to public;
            """;

    // What is bound to pg_catalog.now() when it is declared: defaults, triggers' conditions, functions with a search
    // path of
    // their own.
    private static final String DECLARED = """
            select format('alter table %I alter column %I set default test_clock.now()', table_name, column_name)
            from information_schema.columns
            where table_schema = 'public' and column_default = 'now()'
            union all
            select replace(replace(pg_get_triggerdef(oid), 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER'),
                'now()', 'test_clock.now()')
            from pg_trigger
            where pg_get_triggerdef(oid) like '%now()%'
            union all
            select format('alter function %s set search_path = test_clock, pg_catalog, public, pg_temp', oid::regprocedure)
            from pg_proc
            where pronamespace = 'public'::regnamespace and proconfig is not null
            """;

    private final DataSource dataSource;
    private final DataSource workerDataSource;
    private final JdbcClient jdbc;

    private TestClock(RpaDb db) {
        db.jdbc().sql(CREATE).update();
        List<String> statements = db.jdbc().sql(DECLARED).query(String.class).list();
        statements.forEach(statement -> db.jdbc().sql(statement).update());
        this.dataSource = new ReusedConnections(Postgres.dataSource(url(db)));
        this.workerDataSource = new ReusedConnections(Postgres.dataSource(url(db), WorkerRole.WORKER));
        this.jdbc = db.jdbc();
    }

    /** Replaces the clock of a database. */
    public static TestClock of(RpaDb db) {
        return new TestClock(db);
    }

    /** Whose statements go by this clock. */
    public DataSource dataSource() {
        return dataSource;
    }

    /** The same for what is tested, as the worker's role. */
    public DataSource workerDataSource() {
        return workerDataSource;
    }

    /** Moves the clock on. */
    public void advance(Duration time) {
        jdbc.sql("update test_clock.hand set at = at + make_interval(secs => :seconds)")
                .param("seconds", time.toMillis() / 1000.0)
                .update();
    }

    private static String url(RpaDb db) {
        String options = "-c%20search_path=test_clock,pg_catalog,public";
        return db.url() + "?" + PGProperty.OPTIONS.getName() + "=" + options;
    }
}
