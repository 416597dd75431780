package io.rpaworker.handlerjar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.testing.HandlerProject;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a jar does to the beans that it is given, its effects are there exactly once. */
class JarEffectsTests {

    // Of a hundred records the write of ten throws.
    private static final String WRITES = """
            public void write(List<Handled<Payload, Integer>> chunk) {
                for (var it : chunk) {
                    insert(it.record().id());
                    if (it.result() % 10 == 7) throw new IllegalStateException("seven");
                }
            }
            """;
    private static final String INSERTS = """
            @Autowired JdbcClient jdbc;
            void insert(long id) { jdbc.sql("insert into fx values (:id)").param("id", id).update(); }
            """;

    @TempDir
    Path handlers;

    private final RpaDb db = Postgres.migrated();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "JdbcTemplate it) { it.setMaxRows(1); it.setFetchSize(1); it.setSkipResultsProcessing(true); }",
                "org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate it)"
                        + " { it.getJdbcTemplate().setMaxRows(1); }",
                "org.springframework.transaction.support.TransactionTemplate it) { it.setPropagationBehavior(3); }",
                "org.springframework.transaction.support.TransactionTemplate it) { it.setReadOnly(true); }",
            })
    void whatAJarSetsOfItsBeansHoldsForItAlone(String set) {
        handler(WRITES + INSERTS + "@Autowired void set(" + set);

        effectsAreThereOnce();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@Autowired JdbcTemplate given; Connection connection() throws SQLException {"
                        + " return given.getDataSource().getConnection(); }",
                "@Autowired DataSource given; Connection connection() throws SQLException {"
                        + " return given.getConnection(); }",
                "@Autowired DataSource given; Connection connection() throws SQLException {"
                        + " return given.unwrap(DataSource.class).getConnection(); }",
                "@Autowired DataSource given; Connection connection() throws SQLException {"
                        + " return new org.springframework.jdbc.datasource.DelegatingDataSource(given).getConnection(); }",
            })
    void aConnectionTakesPartInTheTransactionOfWriteHoweverItWasTaken(String taken) {
        handler(WRITES
                + taken.replaceAll("\\b(Connection|SQLException)\\b", "java.sql.$1")
                        .replaceAll("\\bDataSource\\b", "javax.sql.DataSource")
                + """
                void insert(long id) {
                    try (var connection = connection();
                            var statement = connection.prepareStatement("insert into fx values (?)")) {
                        statement.setLong(1, id);
                        statement.executeUpdate();
                    } catch (java.sql.SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
                """);

        effectsAreThereOnce();
    }

    @Test
    void thePoolIsNotGivenAway() {
        handler(WRITES + INSERTS + """
                @Autowired void close(javax.sql.DataSource given) throws Exception {
                    if (given.isWrapperFor(com.zaxxer.hikari.HikariDataSource.class)) throw new Error("given away");
                    try {
                        given.unwrap(com.zaxxer.hikari.HikariDataSource.class).close();
                    } catch (java.sql.SQLException refused) {
                    }
                }
                """);

        effectsAreThereOnce();
    }

    @Test
    void outsideOfATransactionAConnectionIsOneOfThePool() {
        handler("""
                @Autowired javax.sql.DataSource given;
                @Autowired JdbcTemplate jdbc;
                @Autowired org.springframework.transaction.support.TransactionTemplate transaction;
                void insert(long id) {}
                public Outcome<Integer> handle(WorkRecord<Payload> record) throws Exception {
                    try (var connection = given.getConnection()) {
                        connection.setAutoCommit(false);
                        connection.prepareStatement("insert into fx values (" + record.id() + ")").executeUpdate();
                        connection.rollback();
                    }
                    transaction.executeWithoutResult(status -> {
                        jdbc.update("insert into fx values (?)", record.id());
                        status.setRollbackOnly();
                    });
                    transaction.executeWithoutResult(status -> jdbc.update("insert into fx values (?)", record.id()));
                    return Outcome.completed(1);
                }
                """, "");
        queue();

        run(100);

        assertThat(db.count("plain", "completed")).isEqualTo(100);
        assertThat(number("select count(*) from fx")).isEqualTo(100);
        assertThat(number("select count(distinct record_id) from fx")).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | '' | @org.springframework.scheduling.annotation.Async | write of acme.H of acme.jar, flow 'plain', is @Async",
                "'' | @org.springframework.scheduling.annotation.Async | '' | handle of acme.H of acme.jar, flow 'plain', is @Async",
                "@org.springframework.scheduling.annotation.Async | '' | '' | of acme.H of acme.jar, flow 'plain', is @Async",
                "'' | '' | @org.springframework.resilience.annotation.Retryable | write of acme.H of acme.jar, flow 'plain', is @Retryable",
                "@org.springframework.resilience.annotation.Retryable | '' | '' | write of acme.H of acme.jar, flow 'plain', is @Retryable",
                "'' | '' | @Shop | write of acme.H of acme.jar, flow 'plain', is @Retryable",
                "'' | '' | @Transactional(\"warehouse\") | transaction that is not the worker's: transaction manager warehouse",
                "'' | '' | @Transactional(propagation = Propagation.REQUIRES_NEW) | not the worker's: propagation REQUIRES_NEW",
                "'' | '' | @Transactional(propagation = Propagation.NOT_SUPPORTED) | not the worker's: propagation NOT_SUPPORTED",
            })
    void anAnnotationThatHasWriteRunElsewhereOrTwiceIsRefused(
            String ofClass, String ofHandle, String ofWrite, String message) {
        annotated(ofClass, ofHandle, ofWrite);

        assertThatThrownBy(() -> worker().start().close()).rootCause().hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@org.springframework.resilience.annotation.Retryable | @Transactional",
                "'' | @Transactional(\"transactionManager\")",
                "'' | '@Transactional(readOnly = true, timeout = 1)'",
            })
    void anAnnotationThatDoesNoHarmIsNot(String ofHandle, String ofWrite) {
        annotated("", ofHandle, ofWrite);

        effectsAreThereOnce();
    }

    @Test
    void aDurationWithoutAUnitIsRefusedInAHandlersSettingsToo() {
        handler(WRITES + INSERTS + """
                @org.springframework.boot.context.properties.ConfigurationProperties("rpa.handler.acme")
                record Settings(java.time.Duration patience) {}
                @Configuration
                @org.springframework.boot.context.properties.EnableConfigurationProperties(Settings.class)
                static class Beans {}
                """);

        assertThatThrownBy(() -> worker().property("rpa.handler.acme.patience", "90")
                        .start()
                        .close())
                .hasStackTraceContaining(
                        "acme.jar cannot be used: its settings under rpa.handler.acme.patience do not fit:"
                                + " rpa.handler.acme.patience is 90, which has no unit");
    }

    // Such a jar's file may be Spring Boot's own.
    @Test
    void whatAFatJarHasOfSpringBootConfiguresNothing() {
        new HandlerProject()
                .handler("acme.H", "plain", WRITES + INSERTS)
                .file(
                        "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports",
                        "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration\n")
                .file("db/migration/V100__Greeting.sql", "create table greeting (id bigint)")
                .into(handlers.resolve("acme.jar"));

        effectsAreThereOnce();
        assertThat(number("select count(*) from pg_tables where tablename in ('greeting', 'flyway_schema_history')"))
                .isZero();
        assertThat(number("select count(*) from rpa_worker_schema_history where version = '100'"))
                .isZero();
    }

    private void annotated(String ofClass, String ofHandle, String ofWrite) {
        new HandlerProject()
                .source("acme.H", """
                @org.springframework.resilience.annotation.Retryable
                @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME) @interface Shop {}
                @Component %s
                public class H implements RecordHandler<H.Payload, Integer> {
                    public record Payload(int n) {}
                    public String flow() { return "plain"; }
                    %s public Outcome<Integer> handle(WorkRecord<Payload> r) { return Outcome.completed(r.payload().n()); }
                    %s %s %s
                }
                """.formatted(ofClass, ofHandle, ofWrite, WRITES, INSERTS))
                .into(handlers.resolve("acme.jar"));
    }

    private void handler(String members) {
        new HandlerProject().handler("acme.H", "plain", members).into(handlers.resolve("acme.jar"));
    }

    private void handler(String handle, String members) {
        new HandlerProject().source("acme.H", """
                @Component public class H implements RecordHandler<H.Payload, Integer> {
                    public record Payload(int n) {}
                    public String flow() { return "plain"; }
                    %s %s
                }
                """.formatted(handle, members)).into(handlers.resolve("acme.jar"));
    }

    private void effectsAreThereOnce() {
        queue();

        run(100);

        assertThat(db.count("plain", "completed")).isEqualTo(90);
        assertThat(number("select count(*) from fx join processing_queue on id = record_id and status = 'completed'"))
                .isEqualTo(90);
        assertThat(number("select count(*) from fx")).isEqualTo(90);
    }

    private void queue() {
        db.jdbc().sql("create table fx (record_id bigint)").update();
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " select 'plain', jsonb_build_object('n', i) from generate_series(1, 100) i")
                .update();
    }

    private void run(int records) {
        try (var worker = worker().start()) {
            worker.until(() -> db.count("plain", "completed") + db.count("plain", "failed") == records);
        }
    }

    private TestWorker.Builder worker() {
        return TestWorker.on(db).property("rpa.handlers", handlers.toString()).flow("plain");
    }

    private long number(String sql) {
        return db.jdbc().sql(sql).query(Long.class).single();
    }
}
