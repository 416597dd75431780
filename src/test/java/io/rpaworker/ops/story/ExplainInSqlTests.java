package io.rpaworker.ops.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.control.StandingOrders;
import io.rpaworker.lease.KnownInstances;
import io.rpaworker.lease.KnownInstances.State;
import io.rpaworker.lease.LiveHandlers;
import io.rpaworker.ops.Hindrances.Hindrance;
import io.rpaworker.ops.story.FlowSituation.Here;
import io.rpaworker.queue.story.HeldClaim;
import io.rpaworker.queue.story.QueueRecord;
import io.rpaworker.queue.story.Records;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code rpa_explain} of V017 and V018. */
class ExplainInSqlTests {

    private static final RpaDb DB = Postgres.migrated();

    private static final String CLAIM = """
            update processing_queue set status = 'processing', crash_count = 2,
                claim_id = '11111111-1111-1111-1111-111111111111' where id = 3;
            insert into processing_claim (claim_id, instance_id, flow_name, claimed_at, isolated, record_ids) values
                ('11111111-1111-1111-1111-111111111111', 'pod-1-x', 'f', now() - interval '75 min 30 s', true, '{3}');
            """;

    private static final String WAITING = """
            update worker_instance
            set conditions_at = now() - interval '30 s', conditions = cast(case host
                when 'pod-1' then '[{"flow": "g", "slots": 1, "stuck": 0, "awaited":
                        [{"source": "other", "waiting": "PT1S", "reason": "no"}]},
                    {"flow": "f", "slots": 1, "stuck": 0, "awaited":
                        [{"source": "erp", "waiting": "PT50H31M", "reason": ""},
                         {"source": "crm", "waiting": "PT50H30M", "reason": " is\\n down"}]}]'
                when 'pod-2' then '[{"flow": "f", "slots": 1, "stuck": 0, "awaited":
                        [{"source": "crm", "waiting": "PT50H30M", "reason": "is \\"down\\""}]}]'
                when 'pod-3' then '[{"flow": "f", "slots": 1, "stuck": 0, "awaited":
                        [{"source": "dead", "waiting": "PT50H30M", "reason": "no"}]}]' end as jsonb);
            """;

    private final QueueParts queue = QueueParts.over(DB);

    // Ages are half way between two texts, so that it does not matter when they are asked for.
    @BeforeEach
    void threeRecordsOfAFlowThatTwoReplicasHandle() {
        DB.emptyQueue();
        DB.execute("""
                insert into processing_queue (flow_name, payload, available_at)
                select 'f', '{"secret": "payload"}', now() - interval '150 min 30 s' from generate_series(1, 3);
                insert into worker_instance (id, host, version, lease_until, handlers) values
                    ('pod-1-x', 'pod-1', '1', now() + interval '61 min 30 s', '{"f": {"handler": "H"}}'),
                    ('pod-2-x', 'pod-2', '1', now() + interval '61 min 30 s', '{"f": {"handler": "H"}, "g": {}}'),
                    ('pod-3-x', 'pod-3', '1', now() - interval '1 s', '{"f": {"handler": "H"}}');
                """);
    }

    // A person who asks both must not wonder which of them is right.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "update processing_queue set retry_count = 1 where id = 3",
                "update processing_queue set crash_count = 2, retry_count = 2 where id = 3",
                "update processing_queue set available_at = now() + interval '50 h 30 min' where id = 3",
                "update processing_queue set available_at = 'infinity' where id = 3",
                "update processing_queue set available_at = '-infinity' where id = 3",
                CLAIM,
                CLAIM + "insert into record_cancellation values (3, 'ada', now(), E'not\\n needed')",
                "insert into flow_control values ('f', 'ada', now() - interval '50 h 30 min', null, '')",
                WAITING,
                "insert into flow_control values ('f', 'ada', '2026-01-01 00:00+00', '2999-01-01 00:00+00', ' down ')",
                CLAIM + "delete from worker_instance",
                CLAIM + "update worker_instance set lease_until = now()",
                CLAIM + "update worker_instance set ended_at = now()",
                CLAIM + "delete from processing_claim",
                "update processing_queue set status = 'processing', flow_instance_id = 'py-7' where id = 3",
                "update processing_queue set status = 'processing' where id = 3",
                "update processing_queue set status = 'completed' where id = 3",
                "update processing_queue set status = 'completed', completed_at = now(), retry_count = 2 where id = 3",
                "update processing_queue set status = 'failed', failure_kind = 'poison' where id = 3",
                "update processing_queue set status = 'failed', retry_count = 1,"
                        + " next_retry_at = now() + interval '50 h 30 min' where id = 3",
                "update processing_queue set status = 'failed', retry_count = 3,"
                        + " next_retry_at = now() - interval '50 h 30 min' where id = 3"
            })
    void saysAllThatTheEndpointSays(String state) {
        DB.execute(state);
        var records = queue.part(Records.class);
        QueueRecord record = records.find(3).orElseThrow();
        Optional<HeldClaim> claim = Optional.ofNullable(record.claimId()).flatMap(records::claim);
        var situation = new FlowSituation(
                "f",
                "f",
                "pod-1",
                Here.PROCESSED,
                null,
                queue.part(LiveHandlers.class).find(),
                0,
                told(),
                queue.part(StandingOrders.class).read());
        boolean waits = record.status().equals("pending");

        List<String> said =
                Reasons.of(record, claim.orElse(null), waits ? records.before(record, 10_000) : 0, situation);

        assertThat(said)
                // Of a replica that could claim it, and of one that does not: in other words.
                .filteredOn(it -> !it.startsWith("Nothing keeps it") && !it.startsWith("No live replica"))
                .isNotEmpty()
                .isSubsetOf(explained(3));
        assertThat(explained(3)).first().isEqualTo("Record 3 of flow f is " + record.status());
    }

    private List<Hindrance> told() {
        return queue.part(KnownInstances.class).recent(10).stream()
                .filter(it -> it.state() == State.LIVE && it.conditions() != null)
                .flatMap(it -> it.conditions().stream().map(condition -> new Hindrance(it.host(), condition)))
                .filter(it -> it.flow().equals("f"))
                .toList();
    }

    @Test
    void saysWhatReplicasWaitFor() {
        DB.execute(WAITING);

        assertThat(explained(3))
                .filteredOn(it -> it.contains("waits for source"))
                .containsExactly(
                        "Replica pod-1 waits for source crm, for 2 d 2 h: is down",
                        "Replica pod-1 waits for source erp, for 2 d 2 h",
                        "Replica pod-2 waits for source crm, for 2 d 2 h: is \"down\"");
    }

    @Test
    void saysWhatARecordThatIsDueMeets() {
        DB.execute("insert into flow_control values ('f', 'ada', '2026-01-01 00:00+00', '2999-01-01 00:00+00',"
                + " E'the source\\nis down')");

        assertThat(explained(3))
                .satisfiesExactly(
                        it -> assertThat(it).isEqualTo("Record 3 of flow f is pending"),
                        it -> assertThat(it).startsWith("It has been due for 2 h 30 min (available_at 20"),
                        it -> assertThat(it)
                                .matches("Flow f is paused by ada for [0-9]+ d.* [(]paused_at 2026-01-01T00:00:00Z[)],"
                                        + " until 2999-01-01T00:00:00Z: the source is down"),
                        it -> assertThat(it).isEqualTo("Flow f is handled by 2 live replicas: pod-1, pod-2"),
                        it -> assertThat(it).isEqualTo("Up to 2 records of its flow are before it"),
                        it -> assertThat(it)
                                .isEqualTo(
                                        "Limits and shares are not in rpa_db: /actuator/records/3 of a replica tells of"
                                                + " them"));
    }

    @Test
    void saysOfAPauseWithoutAnEndHowItEndsAndOfOneThatIsOverNothing() {
        DB.execute("insert into flow_control (flow_name, paused_by) values ('f', 'ada')");
        assertThat(explained(1)).anyMatch(it -> it.endsWith(", until somebody resumes it"));

        DB.execute("update flow_control set paused_until = now() - interval '1 s'");
        assertThat(explained(1)).noneMatch(it -> it.contains("paused"));
    }

    @Test
    void saysThatNobodyHandlesIt() {
        DB.execute("update processing_queue set flow_name = 'F'");
        assertThat(explained(1)).contains("No live replica handles flow F; what live ones handle is f, g");

        DB.execute("update worker_instance set handlers = null where host = 'pod-1'");
        assertThat(explained(1))
                .contains("No live replica says that it handles flow F; 1, of an older release, may without saying so");

        DB.execute("delete from worker_instance");
        assertThat(explained(1)).contains("No live replica handles flow F, nor any other");
    }

    @Test
    void namesSomeOfManyReplicas() {
        DB.execute("insert into worker_instance (id, host, version, lease_until, handlers)"
                + " select 'x' || n, 'pod-x', '1', 'infinity', '{\"f\": {}}' from generate_series(1, 20) n");

        assertThat(explained(1))
                .anyMatch(it -> it.startsWith("Flow f is handled by 22 live replicas: pod-1, pod-2, pod-x")
                        && it.endsWith("pod-x, ..."));
    }

    @Test
    void saysWhoHasCancelledIt() {
        DB.execute(CLAIM + "insert into record_cancellation values (3, 'ada', '2026-01-01 00:00+00', 'hangs')");

        assertThat(explained(3)).contains("ada has cancelled it, which interrupts it where it runs: hangs");
    }

    @Test
    void saysTheBeginningOfAnErrorInALineAndNeverThePayload() {
        DB.fail(3, "null");
        DB.execute(
                "update processing_queue set error_message = E'no such\\n  survey ' || repeat('x', 1000) where id = 3");

        assertThat(explained(3))
                .last()
                .asString()
                .startsWith("It has failed with: no such survey xxx")
                .hasSizeLessThan(230);
        assertThat(explained(3)).noneMatch(it -> it.contains("secret"));
    }

    @Test
    void saysThatThereIsNone() {
        assertThat(explained(7)).containsExactly("There is no record 7");
    }

    private static List<String> explained(long id) {
        return DB.operatorJdbc()
                .sql("select rpa_explain(:id)")
                .param("id", id)
                .query(String.class)
                .list();
    }
}
