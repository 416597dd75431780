package io.rpaworker.flows.survey;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.local.StandIn;
import io.rpaworker.testing.Postgres;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The flow's handler between an rpa_db and a SurveyHub that a test fills. As an extension of a test class it is cleared
 * before each test, and closed after the last.
 */
final class SurveyBench implements AutoCloseable, BeforeEachCallback, AfterAllCallback {

    private final AtomicLong lastId = new AtomicLong();
    private final ConfigurableApplicationContext context;
    private final JdbcClient surveyHub;

    /** The tables of {@code surveyHub} are there, those of {@code rpaDb} are made. */
    SurveyBench(Database rpaDb, Database surveyHub) {
        this.surveyHub = JdbcClient.create(surveyHub.dataSource());
        this.context = new SpringApplicationBuilder(Beans.class)
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.datasource.url=" + rpaDb.url,
                        "--spring.datasource.username=" + rpaDb.user,
                        "--spring.datasource.password=" + rpaDb.password,
                        "--rpa.survey-hub.url=" + surveyHub.url,
                        "--rpa.survey-hub.username=" + surveyHub.user,
                        "--rpa.survey-hub.password=" + surveyHub.password);
    }

    SurveyHandler handler() {
        return context.getBean(SurveyHandler.class);
    }

    SurveySource source() {
        return context.getBean(SurveySource.class);
    }

    JdbcClient rpaDb() {
        return context.getBean(JdbcClient.class);
    }

    void addSurvey(String id, @Nullable String customerId, @Nullable String... answers) {
        surveyHub
                .sql("insert into surveys (survey_id, customer_id, survey_name, [year]) values (?, ?, ?, ?)")
                .param(id)
                .param(customerId)
                .param("Survey " + id)
                .param(2026)
                .update();
        addResponses(id, answers);
    }

    void addResponses(String surveyId, @Nullable String... answers) {
        for (String answer : answers) {
            surveyHub
                    .sql("insert into responses (survey_id, question, answer) values (?, ?, ?)")
                    .param(surveyId)
                    .param("Q")
                    .param(answer)
                    .update();
        }
    }

    void moveTo(String surveyId, int year) {
        surveyHub
                .sql("update surveys set [year] = ? where survey_id = ?")
                .param(year)
                .param(surveyId)
                .update();
    }

    void removeSurvey(String id) {
        surveyHub.sql("delete from surveys where survey_id = ?").param(id).update();
    }

    WorkRecord<SurveyPayload> record(String surveyId, String customerId) {
        long id = lastId.incrementAndGet();
        return new WorkRecord<>(
                id, SurveyHandler.FLOW, surveyId, new SurveyPayload(surveyId, customerId, null), 1, Instant.EPOCH);
    }

    /** Handles records of which none is rejected. */
    List<Handled<SurveyPayload, SurveyScore>> handled(List<WorkRecord<SurveyPayload>> records) {
        List<Outcome<SurveyScore>> outcomes = handler().handle(records);
        var handled = new ArrayList<Handled<SurveyPayload, SurveyScore>>();
        for (int i = 0; i < records.size(); i++) {
            var completed = (Outcome.Completed<SurveyScore>) outcomes.get(i);
            handled.add(new Handled<>(records.get(i), completed.result()));
        }
        return handled;
    }

    void write(List<Handled<SurveyPayload, SurveyScore>> chunk) {
        context.getBean(TransactionTemplate.class)
                .executeWithoutResult(open -> handler().write(chunk));
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        surveyHub.sql("delete from responses").update();
        surveyHub.sql("delete from surveys").update();
        rpaDb().sql("truncate survey_result").update();
    }

    @Override
    public void afterAll(ExtensionContext tests) {
        close();
    }

    @Override
    public void close() {
        context.close();
    }

    /** Where a database is. */
    record Database(String url, String user, String password) {

        /** The real one, without Docker. */
        static Database embedded() {
            return new Database(Postgres.empty().url(), "postgres", "");
        }

        /** SurveyHub's stand-in, empty. */
        static Database standIn(String name) {
            return new Database(StandIn.create(name).url(), "", "");
        }

        DataSource dataSource() {
            return new DriverManagerDataSource(url, user, password);
        }
    }

    // No stereotype: the local run, which has the tests on its class path, must not pick it up.
    @ImportAutoConfiguration({
        DataSourceAutoConfiguration.class,
        DataSourceTransactionManagerAutoConfiguration.class,
        TransactionAutoConfiguration.class,
        JdbcTemplateAutoConfiguration.class,
        JdbcClientAutoConfiguration.class,
        FlywayAutoConfiguration.class
    })
    @ComponentScan({"io.rpaworker.database", "io.rpaworker.surveyhub", "io.rpaworker.flows.survey"})
    static class Beans {}
}
