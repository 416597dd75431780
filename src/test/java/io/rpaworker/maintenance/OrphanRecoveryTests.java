package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.history.Tallies;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.Collection;
import org.junit.jupiter.api.Test;

class OrphanRecoveryTests {

    private static final Duration DAY = Duration.ofDays(1);

    private final RpaDb db = Postgres.migrated();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final OrphanRecovery recovery = new OrphanRecovery(
            QueueParts.over(db).orphans(), TestFlows.registry("known"), Chores.settings(DAY), meters, new Tallies());

    /** A counter stays for good, and a record can be moved to any flow while it is under way. */
    @Test
    void recoveredRecordsOfInventedFlowsAreCountedTogetherBeyondABound() {
        db.insertReplica("dead");
        db.insertPending("f", 1_000);
        db.jdbc().sql("""
                        with claimed as (
                            update processing_queue
                            set status = 'processing', claimed_at = now(), claim_id = md5('c')::uuid,
                                flow_name = case when id = 1000 then 'known' else 'f' || id end
                            returning id
                        )
                        insert into processing_claim (claim_id, instance_id, flow_name, record_ids)
                        select md5('c')::uuid, 'dead', 'f', array_agg(id) from claimed
                        """).update();
        db.expireLease("dead");

        recovery.runOnce();

        Collection<Counter> counters = meters.find("rpa.lease.recovered").counters();
        assertThat(counters).hasSize(202);
        assertThat(counters.stream().mapToDouble(Counter::count).sum()).isEqualTo(1_000);
        assertThat(meters.get("rpa.lease.recovered")
                        .tag("flow", "known")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("rpa.lease.recovered")
                        .tag("flow", "_other")
                        .counter()
                        .count())
                .isEqualTo(799);
    }
}
