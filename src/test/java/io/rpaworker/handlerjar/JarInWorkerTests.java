package io.rpaworker.handlerjar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.testing.HandlerProject;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a jar brings stays its own, in the whole worker and on real databases. */
class JarInWorkerTests {

    // Of a hundred records the write of ten throws.
    private static final String WRITES = """
            @Autowired JdbcClient jdbc;
            public void write(List<Handled<Payload, Integer>> chunk) {
                for (var it : chunk) {
                    jdbc.sql("insert into fx values (:id)").param("id", it.record().id()).update();
                    if (it.result() % 10 == 7) throw new IllegalStateException("seven");
                }
            }
            """;

    @TempDir
    Path handlers;

    private final RpaDb db = Postgres.migrated();
    private final RpaDb other = Postgres.empty();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.springframework.transaction.PlatformTransactionManager ours() {"
                        + " return new org.springframework.jdbc.support.JdbcTransactionManager(other()); }",
                "org.springframework.transaction.PlatformTransactionManager transactionManager() {"
                        + " return new org.springframework.jdbc.support.JdbcTransactionManager(other()); }",
                "javax.sql.DataSource dataSource() { var pool = new com.zaxxer.hikari.HikariDataSource();"
                        + " pool.setDataSource(other()); return pool; }",
                "javax.sql.DataSource warehouse() { return other(); }",
                "JdbcTemplate jdbcTemplate() { return new JdbcTemplate(other()); }",
                "JdbcTemplate warehouse() { return new JdbcTemplate(other()); }",
                "JdbcClient warehouse() { return JdbcClient.create(other()); }",
                "org.springframework.transaction.support.TransactionTemplate transactionTemplate() {"
                        + " return new org.springframework.transaction.support.TransactionTemplate("
                        + "new org.springframework.jdbc.support.JdbcTransactionManager(other())); }",
                "tools.jackson.databind.json.JsonMapper jacksonJsonMapper() {"
                        + " return tools.jackson.databind.json.JsonMapper.builder().propertyNamingStrategy("
                        + "tools.jackson.databind.PropertyNamingStrategies.UPPER_SNAKE_CASE).build(); }",
                "jakarta.validation.Validator defaultValidator() {"
                        + " throw new IllegalStateException(\"nobody asks for it\"); }",
            })
    void aBeanOfAJarTakesThePlaceOfNoneOfTheWorkers(String bean) {
        String lazy = bean.contains("nobody asks") ? "@Lazy" : "";
        new HandlerProject()
                .handler("acme.H", "plain", WRITES)
                .source("acme.Beans", """
                        @Configuration
                        public class Beans {
                            static javax.sql.DataSource other() {
                                return new org.springframework.jdbc.datasource.DriverManagerDataSource("%s", "postgres", "");
                            }
                            @Bean %s %s
                        }
                        """.formatted(other.url(), lazy, bean))
                .into(handlers.resolve("acme.jar"));
        db.jdbc().sql("create table fx (record_id bigint primary key)").update();
        insert("plain", 100);

        try (var worker = worker().flow("plain").start()) {
            worker.until(() -> db.count("plain", "completed") + db.count("plain", "failed") == 100);
        }

        assertThat(db.count("plain", "completed")).isEqualTo(90);
        assertThat(number(
                        db, "select count(*) from fx join processing_queue on id = record_id and status = 'completed'"))
                .isEqualTo(90);
        assertThat(number(db, "select count(*) from fx")).isEqualTo(90);
        assertThat(number(other, "select count(*) from pg_tables where schemaname = 'public'"))
                .isZero();
    }

    @Test
    void aConnectionOfTheDataSourceTakesPartInTheTransactionOfWrite() {
        new HandlerProject().handler("acme.H", "plain", """
                @Autowired javax.sql.DataSource dataSource;
                public void write(List<Handled<Payload, Integer>> chunk) {
                    try (var connection = dataSource.getConnection();
                            var statement = connection.prepareStatement("insert into fx values (?)")) {
                        for (var it : chunk) {
                            statement.setLong(1, it.record().id());
                            statement.executeUpdate();
                            if (it.result() % 10 == 7) throw new IllegalStateException("seven");
                        }
                    } catch (java.sql.SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
                """).into(handlers.resolve("acme.jar"));
        db.jdbc().sql("create table fx (record_id bigint primary key)").update();
        insert("plain", 100);

        try (var worker = worker().flow("plain").start()) {
            worker.until(() -> db.count("plain", "completed") + db.count("plain", "failed") == 100);
        }

        assertThat(db.count("plain", "completed")).isEqualTo(90);
        assertThat(number(db, "select count(*) from fx")).isEqualTo(90);
    }

    @Test
    void filesOfAJarDoNotConfigureTheWorker() throws Exception {
        new HandlerProject()
                .handler("acme.H", "plain", "")
                .file("application.properties", """
                        management.endpoints.web.exposure.include=*
                        management.endpoints.access.default=unrestricted
                        rpa.global.max-retries=77
                        """)
                .file("application-default.yml", "management.endpoint.env.access: unrestricted\n")
                .file("config/application.yml", "server.shutdown: immediate\n")
                .file("logback.xml", "<configuration><root level=\"trace\"/></configuration>")
                .file("logback-spring.xml", "<configuration><root level=\"trace\"/></configuration>")
                .file("META-INF/spring.factories", """
                        org.springframework.context.ApplicationListener=acme.Listener
                        org.springframework.boot.EnvironmentPostProcessor=acme.Listener
                        """)
                .source("acme.Listener", """
                        public class Listener implements org.springframework.context.ApplicationListener<
                                org.springframework.context.ApplicationEvent> {
                            public Listener() { System.setProperty("acme.listener", "made"); }
                            public void onApplicationEvent(org.springframework.context.ApplicationEvent event) {}
                        }
                        """)
                .file("db/migration/V100__Create_greeting.sql", "create table greeting (id bigint)")
                .file("db/migration/V006__Other.sql", "create table greeting (id bigint)")
                .into(handlers.resolve("acme.jar"));
        insert("plain", 1);

        try (var worker = worker().flow("plain").start()) {
            worker.until(() -> db.count("plain", "completed") == 1);
            for (String endpoint : new String[] {"env", "configprops", "heapdump", "beans"}) {
                assertThat(status(worker, endpoint)).isEqualTo(404);
            }
        }

        assertThat(System.getProperty("acme.listener")).isNull();
        assertThat(number(db, "select count(*) from pg_tables where tablename = 'greeting'"))
                .isZero();
        assertThat(number(db, "select count(*) from rpa_worker_schema_history where version = '100'"))
                .isZero();
    }

    @Test
    void migrationsOfAJarHaveAHistoryOfTheirOwn() {
        var project = new HandlerProject()
                .handler("acme.H", "plain", """
                        @Autowired JdbcClient jdbc;
                        public void write(List<Handled<Payload, Integer>> chunk) {
                            chunk.forEach(it -> jdbc.sql("insert into invoice values (:id, 'x')")
                                    .param("id", it.record().id()).update());
                        }
                        """)
                .file("rpa-migration/acme/V1__Create.sql", "create table invoice (record_id bigint primary key)")
                .file(
                        "rpa-migration/acme/later/V2__Add_text.sql",
                        "alter table invoice add column note text; grant insert on invoice to ${worker}");
        project.into(handlers.resolve("acme.jar"));
        insert("plain", 3);

        try (var worker = worker().flow("plain").start()) {
            worker.until(() -> db.count("plain", "completed") == 3);
        }
        project.file("rpa-migration/acme/V3__Add_more.sql", "alter table invoice add column more text")
                .into(handlers.resolve("acme.jar"));
        try (var worker = worker().flow("plain").start()) {
            worker.until(() -> number(db, "select count(*) from rpa_handler_acme_history where success") == 4);
        }

        assertThat(number(db, "select count(*) from invoice")).isEqualTo(3);
        assertThat(number(db, "select count(*) from rpa_worker_schema_history where description ilike '%create'"))
                .isZero();
    }

    @Test
    void aMigrationThatFailsStopsTheStartAndIsNamed() {
        new HandlerProject()
                .handler("acme.H", "plain", "")
                .file("rpa-migration/acme/V1__Create.sql", "create table invoice (record_id bogus)")
                .into(handlers.resolve("acme.jar"));

        assertThatThrownBy(() -> worker().flow("plain").start().close())
                .rootCause()
                .hasMessageContaining("type \"bogus\" does not exist");
        assertThatThrownBy(() -> worker().flow("plain").start().close())
                .hasStackTraceContaining("The migrations of " + handlers.resolve("acme.jar"));
    }

    @Test
    void whoHandlesAFlowStandsWithTheReplicaAndInHealth() throws Exception {
        new HandlerProject().version("1.4.2").handler("acme.H", "plain", "").into(handlers.resolve("acme.jar"));

        try (var worker = worker().flow("plain").start()) {
            worker.until(() -> number(db, "select count(*) from worker_instance where ended_at is null") == 1);
            assertThat(db.jdbc()
                            .sql("select handlers::text from worker_instance where ended_at is null")
                            .query(String.class)
                            .single())
                    .isEqualTo("{\"plain\": {\"jar\": \"acme.jar\", \"handler\": \"acme.H\", \"version\": \"1.4.2\","
                            + " \"partition\": {\"count\": 1, \"index\": 0}}}");
            assertThat(get(worker, "health"))
                    .contains("\"handler\":{\"handler\":\"acme.H\",\"jar\":\"acme.jar\",\"version\":\"1.4.2\"}");
        }
    }

    @Test
    void aFailureRuleJudgesTheFlowsOfItsOwnJarOnly() {
        String handles = """
                @Component
                public class %1$s implements RecordHandler<%1$s.P, Void> {
                    public record P(int n) {}
                    public String flow() { return "%2$s"; }
                    public Outcome<Void> handle(WorkRecord<P> r) { throw new IllegalArgumentException("broken"); }
                }
                """;
        new HandlerProject()
                .source("one.H", handles.formatted("H", "strict"))
                .source("one.Rules", """
                        @Configuration public class Rules {
                            @Bean FailureRule all() { return failure -> Optional.of(FailureRule.Judgement.REJECTED); }
                        }
                        """)
                .into(handlers.resolve("one.jar"));
        new HandlerProject().source("two.G", handles.formatted("G", "lenient")).into(handlers.resolve("two.jar"));
        insert("strict", 1);
        insert("lenient", 1);

        try (var worker = worker().flow("strict").flow("lenient").start()) {
            worker.until(() -> db.count("strict", "failed") == 1 && db.count("lenient", "failed") == 1);
        }

        assertThat(db.column(1, "failure_kind", String.class)).isEqualTo("rejected");
        assertThat(db.column(2, "failure_kind", String.class)).isEqualTo("error");
    }

    @ParameterizedTest
    @CsvSource({
        "'', @Transactional, handle",
        "@Transactional, '', handle",
        "'', '@Transactional(propagation = Propagation.NEVER)', handle",
        "@Shop, '', handle",
        "'', @Shop, handle",
    })
    void aTransactionAroundHandleIsRefused(String ofClass, String ofMethod, String refused) {
        new HandlerProject().source("acme.H", """
                @Transactional(timeout = 5) @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
                @interface Shop {}
                @Component %s
                public class H implements RecordHandler<H.Payload, Integer> {
                    public record Payload(int n) {}
                    public String flow() { return "plain"; }
                    %s public Outcome<Integer> handle(WorkRecord<Payload> r) { return null; }
                }
                """.formatted(ofClass, ofMethod)).into(handlers.resolve("acme.jar"));

        assertThatThrownBy(() -> worker().flow("plain").start().close())
                .rootCause()
                .hasMessageContaining(refused + " of acme.H of acme.jar, flow 'plain', is @Transactional");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "return null;                                    | sources() of acme.H of acme.jar fails: java.lang.NullPointerException",
                "throw new IllegalArgumentException(\"no route\"); | sources() of acme.H of acme.jar fails: java.lang.IllegalArgumentException: no route",
                "throw new NoClassDefFoundError(\"lib/Hub\");     | sources() of acme.H of acme.jar fails: java.lang.NoClassDefFoundError: lib/Hub",
            })
    void sourcesThatCannotBeToldAreRefused(String body, String message) {
        new HandlerProject()
                .handler("acme.H", "plain", "public List<Source> sources() { %s }".formatted(body))
                .into(handlers.resolve("acme.jar"));

        assertThatThrownBy(() -> worker().flow("plain").start().close()).hasStackTraceContaining(message);
    }

    @Test
    void aRedactionOfAJarMasksTheTextsOfItsOwnFlowsOnly() {
        String throwing =
                "public void write(List<Handled<Payload, Integer>> c) { throw new IllegalStateException(\"IBAN DE02\"); }";
        new HandlerProject()
                .handler("one.H", "strict", throwing)
                .source("one.Masks", """
                        @Configuration public class Masks {
                            @Bean Redaction iban() { return (flow, text) -> text.replace("DE02", "****"); }
                        }
                        """)
                .into(handlers.resolve("one.jar"));
        new HandlerProject().handler("two.G", "lenient", throwing).into(handlers.resolve("two.jar"));
        insert("strict", 1);
        insert("lenient", 1);

        try (var worker = worker().flow("strict").flow("lenient").start()) {
            worker.until(() -> db.count("strict", "failed") == 1 && db.count("lenient", "failed") == 1);
        }

        assertThat(db.column(1, "error_message", String.class)).contains("IBAN ****");
        assertThat(db.column(2, "error_message", String.class)).contains("IBAN DE02");
    }

    private TestWorker.Builder worker() {
        return TestWorker.on(db).property("rpa.handlers", handlers.toString());
    }

    private void insert(String flow, int records) {
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " select :flow, jsonb_build_object('n', i) from generate_series(1, :records) i")
                .param("flow", flow)
                .param("records", records)
                .update();
    }

    private static long number(RpaDb db, String sql) {
        return db.jdbc().sql(sql).query(Long.class).single();
    }

    private static int status(TestWorker worker, String endpoint) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(request(worker, endpoint), BodyHandlers.ofString())
                .statusCode();
    }

    private static String get(TestWorker worker, String endpoint) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(request(worker, endpoint), BodyHandlers.ofString())
                .body();
    }

    private static HttpRequest request(TestWorker worker, String endpoint) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + worker.port(true) + "/actuator/" + endpoint))
                .build();
    }
}
