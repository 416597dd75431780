package io.rpaworker;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which operators and functions PostgreSQL takes for the worker's statements, where another role may create objects in
 * the schema. It looks through the whole search path for the one that fits the types best, so that an exact
 * {@code varchar = varchar} in the schema goes before {@code text = text} in pg_catalog; what its owner wrote would run
 * with the worker's rights.
 *
 * <p>Each statement becomes the body of a function that is never called: PostgreSQL notes whatever such a body uses.
 * What the functions of the migrations use is not seen here, nor what a handler, Flyway or the driver sends.
 */
class HijackTests {

    // Its statement runs on SQL Server.
    private static final Set<String> ELSEWHERE = Set.of("SurveyQuery");

    private static final Pattern PARAMETER = Pattern.compile("(?<!:):([a-zA-Z]+)");

    // As the driver sends them; what is sent without a type has the one that it is cast to.
    private static final Map<String, String> TYPES = types("""
            bigint: SurveySummary.records SurveySummary.cancelled scored complete partial poor addition record before afterId RunClosing.after parent page number run added missed most revivals completed failed RunClosing.records RunClosing.cancelled least StrayRecords.after RecordExport.after from id lastAdopted maxBytes maxPayloadBytes millis olderThanId recordId runId term
            bigint[]: except ids recordIds runIds
            boolean: along cancelledToo dryRun ended listening
            double precision: hours ratio adoptedSeconds burst completedSeconds deadSeconds delaySeconds keptSeconds leaseSeconds seconds
            double precision: timeoutSeconds tokens
            double precision[]: timeouts
            integer: known depth round limit maxCrashes maxRetries mostCauses partition partitions records window
            integer[]: answered totals
            numeric: averageCompleteness
            jsonb: causes failures results Statistics.flows
            timestamptz: at until after afterFailedAt dueAt failedAt failedBefore failedFrom olderThan
            timestamptz: windowFrom windowTo asked missedAt tick
            uuid: claim writer
            uuid[]: claims
            varchar: action actor conditions reason details DueFlows.id Leases.id echo error filter fingerprint flow handler handlers holder host kind
            varchar: RecordExport.status key kept name only replica span state transaction version
            varchar: RunClosing.keys RunOrders.keys missedReason next owner parameters payload schedule trigger way
            varchar[]: availableAt completeness customerIds flows grades keys notBefore numericMeans payloads
            varchar[]: froms spans tos surveyIds surveyNames
            """);

    private static final List<Statement> STATEMENTS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.rpaworker").stream()
                    .filter(type -> !ELSEWHERE.contains(type.getSimpleName()))
                    .flatMap(type -> Statements.of(type).map(sql -> new Statement(type.getSimpleName(), sql)))
                    .toList();

    private static final List<String> NAIVE = List.of(
            "select 1 from processing_queue where flow_name = :flow",
            "select 1 from processing_queue where status <> 'failed'",
            "select 1 from processing_queue where status in ('failed', 'pending')",
            "select 1 from processing_queue where status not in (select status from processing_queue)",
            "select 1 from processing_queue where flow_name = any (:flows)",
            "select 1 from processing_queue where flow_name is distinct from :flow",
            "select 1 from processing_queue where flow_name between :flow and 'z'",
            "select 1 from processing_queue where flow_name like 'a%'",
            "select 1 from processing_queue where flow_name not ilike 'a%'",
            "select 1 from processing_queue where (available_at, flow_name) > (:after, :flow)",
            "select case status when 'failed' then 1 end from processing_queue",
            "select nullif(status, 'failed') from processing_queue",
            "select flow_name || ' ' from processing_queue",
            "select payload -> 'result' from processing_queue",
            "select id % :partitions from processing_queue",
            "select sum(records) - 1 from queue_total",
            "select min(flow_name) from processing_queue",
            "select count(id) from processing_queue",
            "select count(q) from processing_queue q",
            "select to_jsonb(q) from processing_queue q",
            "select array_agg(id) from processing_queue",
            "select unnest(record_ids) from processing_claim",
            "select cardinality(record_ids) from processing_claim",
            "select lower(flow_name) from processing_queue",
            "select format('%s', id) from processing_queue",
            "select jsonb_build_object('id', id) from processing_queue",
            "select make_interval(secs => :limit)",
            "select records_beyond('{1}'::integer[], :limit)",
            "update processing_queue set status = 'pending' where status = 'failed'");

    private static final RpaDb DB = Postgres.migrated();
    private static final HostileRole HOSTILE = new HostileRole(DB);

    record Statement(String owner, String sql) {

        @Override
        public String toString() {
            return owner + ": " + sql.lines().limit(2).collect(Collectors.joining(" "));
        }

        String name() {
            return "probes.\"%s %x\"".formatted(owner, sql.hashCode());
        }

        /** A function that does the same. */
        String asFunction() {
            var parameters = PARAMETER
                    .matcher(sql)
                    .results()
                    .map(it -> it.group(1))
                    .distinct()
                    .toList();
            String body = PARAMETER.matcher(sql).replaceAll(it -> "\\$" + (parameters.indexOf(it.group(1)) + 1));
            String types = parameters.stream().map(this::type).collect(Collectors.joining(", "));
            return "create function %s(%s) returns void language sql begin atomic %s; end"
                    .formatted(name(), types, body);
        }

        private String type(String parameter) {
            return Stream.of(owner + "." + parameter, parameter)
                    .filter(TYPES::containsKey)
                    .map(TYPES::get)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "How is :%s of %s sent? Say so in HijackTests".formatted(parameter, owner)));
        }
    }

    @BeforeAll
    static void aHostileRoleHasBeenThere() throws IOException {
        var all = new ArrayList<>(STATEMENTS);
        NAIVE.forEach(sql -> all.add(new Statement("Naive", sql)));
        // Before it comes, all of them can be understood.
        assertThat(all).allSatisfy(it -> assertThat(HOSTILE.hijacked(it)).isEmpty());
        HOSTILE.come(all);
    }

    static List<Statement> statements() {
        return STATEMENTS;
    }

    static List<String> naive() {
        return NAIVE;
    }

    @ParameterizedTest
    @MethodSource("statements")
    void noStatementUsesWhatAnotherRoleMade(Statement statement) {
        assertThat(HOSTILE.hijacked(statement)).isEmpty();
    }

    @Test
    void theStatementsOfAllPackagesAreFound() {
        assertThat(STATEMENTS)
                .extracting(Statement::owner)
                .contains("Claims", "DeadLetterActions", "Leadership", "SurveyResults", "Migrations", "QueueRecount");
    }

    @ParameterizedTest
    @MethodSource("naive")
    void theRuleCanFail(String sql) {
        assertThat(HOSTILE.hijacked(new Statement("Naive", sql))).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"select 1 where true", "select sum(id), max(id), count(*) from processing_queue"})
    void theRuleCanBeObeyed(String sql) {
        assertThat(HOSTILE.hijacked(new Statement("Wary", sql))).isEmpty();
    }

    private static Map<String, String> types(String text) {
        var types = new HashMap<String, String>();
        text.lines().map(line -> line.split(": ", 2)).forEach(it -> {
            for (String name : it[1].split(" ", -1)) {
                types.put(name, it[0]);
            }
        });
        return types;
    }
}
