package io.rpaworker.condition;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.breaker.Awaited;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a replica tells of its flows is what others read, and costs nothing while it stays the same. */
class ConditionsTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Conditions conditions = QueueParts.over(DB).part(Conditions.class);

    @BeforeEach
    void twoReplicas() {
        DB.emptyQueue("a", "b");
    }

    @Test
    void othersReadWhatWasToldAndHowOldItIsByNow() {
        var told = new FlowCondition(
                "f",
                List.of(new Awaited("crm", Duration.ofMillis(1_500), "refused: \"no\"")),
                List.of(new Hanging(List.of(7L, 8L), 3, 2, Duration.ofSeconds(70), true)),
                16,
                1,
                Instant.parse("2026-01-01T00:00:00.123456Z"));
        conditions.tell("a", List.of(told));

        assertThat(Conditions.read(row("a"), MINUTE)).containsExactly(told.after(MINUTE));
        assertThat(row("b")).isNull();
    }

    @Test
    void ofAFlowThatNothingHindersNothingIsTold() {
        conditions.tell("a", List.of(unhindered("f"), unhindered("g")));

        assertThat(row("a")).isEqualTo("[]");
    }

    @Test
    void whatStaysTheSameIsToldOnce() {
        conditions.tell("a", List.of(waiting("crm", 1, "down")));
        String first = version("a");

        conditions.tell("a", List.of(waiting("crm", 2, "down")));
        assertThat(version("a")).isEqualTo(first);
        conditions.tell("a", List.of(waiting("crm", 3, "still down")));
        String second = version("a");
        assertThat(second).isNotEqualTo(first);
        conditions.tell("a", List.of(waiting("erp", 3, "still down")));
        assertThat(version("a")).isNotEqualTo(second);
        conditions.tell("a", List.of(unhindered("f")));
        assertThat(row("a")).isEqualTo("[]");
    }

    @Test
    void aNewIdentityTellsItAgain() {
        conditions.tell("a", List.of(waiting("crm", 1, "down")));
        conditions.tell("b", List.of(waiting("crm", 2, "down")));

        assertThat(Conditions.read(row("b"), Duration.ZERO)).hasSize(1);
    }

    @Test
    void aReasonThatPostgresCannotHoldIsToldWithoutThat() {
        conditions.tell("a", List.of(waiting("crm", 1, "a\0b\uD800c")));

        assertThat(Conditions.read(row("a"), Duration.ZERO))
                .singleElement()
                .extracting(it -> it.awaited().getFirst().reason())
                .isEqualTo("ab\uFFFDc");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "7",
                "[7]",
                "[{\"flow\": \"f\", \"awaited\": 3}]",
                "[null]",
                "[{\"slots\": 3}]",
                "[{\"flow\": \"f\", \"awaited\": [{\"source\": \"crm\"}]}]",
                "[{\"flow\": \"f\", \"awaited\": [{\"waiting\": \"PT1S\"}]}]",
                "[{\"flow\": \"f\", \"awaited\": [null]}]",
                "[{\"flow\": \"f\", \"hanging\": [{\"records\": [1]}]}]",
                "[{\"flow\": \"f\", \"hanging\": [{\"records\": [null], \"running_for\": \"PT1S\"}]}]",
                "[{\"flow\": \"f\", \"hanging\": [{\"running_for\": \"PT1S\"}]}]",
                "[{\"flow\": \"f\", \"obeys\": \"now\"}]"
            })
    void whatAnotherReleaseSaysInAnotherWayIsNotSaid(String json) {
        assertThat(Conditions.read(json, Duration.ZERO)).isNull();
    }

    @Test
    void whatAnotherReleaseSaysBesideIsPassedOver() {
        assertThat(Conditions.read("[{\"flow\": \"f\", \"slots\": 3, \"mood\": \"good\"}]", Duration.ZERO))
                .containsExactly(new FlowCondition("f", List.of(), List.of(), 3, 0, null));
        assertThat(Conditions.read(null, Duration.ZERO)).isNull();
    }

    private static FlowCondition unhindered(String flow) {
        return new FlowCondition(flow, List.of(), List.of(), 16, 0, null);
    }

    private static FlowCondition waiting(String source, int seconds, String reason) {
        var awaited = new Awaited(source, Duration.ofSeconds(seconds), reason);
        return new FlowCondition("f", List.of(awaited), List.of(), 16, 0, null);
    }

    private static String row(String replica) {
        return column("conditions::text", replica);
    }

    private static String version(String replica) {
        return column("xmin::text", replica);
    }

    private static String column(String column, String replica) {
        return DB.jdbc()
                .sql("select " + column + " from worker_instance where id = :id")
                .param("id", replica)
                .query((row, number) -> row.getString(1))
                .list()
                .getFirst();
    }
}
