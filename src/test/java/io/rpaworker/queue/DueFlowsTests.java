package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DueFlowsTests {

    private final RpaDb db = Postgres.migrated();
    private final DueFlows dueFlows = QueueParts.over(db).dueFlows();

    @Test
    void findsFlowsThatHaveARecordToClaimNow() {
        db.insertPending("waiting", 2);
        db.insertPending("later", 1);
        db.jdbc()
                .sql("update processing_queue set available_at = now() + interval '1 hour' where flow_name = 'later'")
                .update();
        db.insert("under-way", "processing", 1);
        db.insertPending("not-asked-for", 1);

        assertThat(dueFlows.among(bounds("waiting", null, "later", null, "under-way", null, "none", null))
                        .flows())
                .containsExactly("waiting");
    }

    @Test
    void eachFlowIsReadFromItsOwnBoundOn() {
        db.insertPending("one", 1);
        db.insertPending("two", 1);
        Instant available = dueFlows.among(bounds("one", null)).askedAt();
        db.insertPending("one", 1);

        assertThat(dueFlows.among(bounds("one", available, "two", available)).flows())
                .containsExactly("one");
        assertThat(dueFlows.among(bounds("one", available, "two", available.minus(Duration.ofMinutes(1))))
                        .flows())
                .containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void saysWhenItLookedByTheDatabasesClock() {
        Instant asked = dueFlows.among(bounds("one", null)).askedAt();

        assertThat(db.jdbc()
                        .sql("select cast(:asked as timestamptz) between now() - interval '1 minute' and now()")
                        .param("asked", asked.toString())
                        .query(Boolean.class)
                        .single())
                .isTrue();
    }

    @Test
    void countsTheReplicasThatAreNotified() {
        for (String id : new String[] {"listens", "listens-too", "polls", "listened"}) {
            db.insertReplica(id);
        }
        db.jdbc()
                .sql("update worker_instance set listening = id like 'listen%',"
                        + " ended_at = case id when 'listened' then now() end")
                .update();

        assertThat(dueFlows.among(bounds("one", null)).listeners()).isEqualTo(2);
    }

    private static Map<String, @Nullable Instant> bounds(@Nullable Object... flowsAndBounds) {
        var bounds = new HashMap<String, @Nullable Instant>();
        for (int i = 0; i < flowsAndBounds.length; i += 2) {
            bounds.put(String.valueOf(flowsAndBounds[i]), (Instant) flowsAndBounds[i + 1]);
        }
        return Collections.unmodifiableMap(bounds);
    }
}
