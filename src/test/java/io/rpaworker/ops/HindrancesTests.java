package io.rpaworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.Management.Answer;
import io.rpaworker.ops.access.Passwords;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What hinders one replica is known to another, which has neither its handlers nor its sources. */
class HindrancesTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Gate GATE = new Gate();
    private static final Reader READER = new Reader();

    private static TestWorker hindered;
    private static TestWorker other;

    @BeforeAll
    static void start() {
        READER.sourceAnswers.set(false);
        hindered = TestWorker.on(DB)
                .flow(Gate.FLOW)
                .flow(Reader.FLOW)
                .property("rpa.flows.gate.record-timeout", "1s")
                .property("rpa.flows.gate.concurrency", "2")
                .bean(GATE)
                .bean(READER)
                .start();
        other = TestWorker.on(DB)
                .property("rpa.access.users-file", Passwords.fileOfEveryRole())
                .start();
        DB.insertPending(Reader.FLOW, 1);
        DB.insertPending(Gate.FLOW, 2);
    }

    @AfterAll
    static void stop() {
        GATE.open();
        other.close();
        hindered.close();
    }

    @Test
    void anotherReplicaFindsIt() {
        other.until(() -> findings().containsAll(List.of("source-unavailable", "all-slots-stuck")));

        Answer answer = Management.getAs("viewer", other, "/actuator/diagnostics");
        assertThat(answer.body())
                .contains("Flows wait for source catalogue on ")
                .doesNotContain("catalogue is closed");
        assertThat(answer.body()).contains("2 of 2 slots of flow gate are stuck on ");
    }

    @Test
    void anotherReplicaSaysItOfARecord() {
        other.until(() -> Management.getAs("viewer", other, "/actuator/records/1")
                .body()
                .contains("waits for source catalogue, for "));
        assertThat(Management.getAs("viewer", other, "/actuator/records/1").body())
                .contains(": catalogue is closed");
    }

    @Test
    void anotherReplicaSaysItOfTheFlow() {
        other.until(() -> Management.getAs("viewer", other, "/actuator/flows/reader")
                .text("/waits_for/0/source")
                .equals("catalogue"));
        assertThat(Management.getAs("viewer", other, "/actuator/flows/reader").body())
                .doesNotContain("catalogue is closed");
    }

    @Test
    void anotherReplicaSaysItOfTheReplica() {
        other.until(() -> workers().contains("\"reader\":{\"waits_for\":[\"catalogue\"]")
                && workers().contains("\"gate\":{\"waits_for\":[],\"hanging_calls\":0,\"stuck_calls\":2}"));
    }

    private static String workers() {
        return Management.getAs("viewer", other, "/actuator/workers").body();
    }

    private static List<String> findings() {
        var ids = new ArrayList<String>();
        Management.getAs("viewer", other, "/actuator/diagnostics")
                .at("/findings")
                .forEach(it -> ids.add(it.at("/id").asString()));
        return ids;
    }
}
