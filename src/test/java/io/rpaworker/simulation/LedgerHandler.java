package io.rpaworker.simulation;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Does as its records' plans say, and writes each effect in two statements, with nothing to hide a second one. */
final class LedgerHandler implements RecordHandler<LedgerHandler.Task, String> {

    static final String FLOW = "sim";

    private static final String WRITE = """
            insert into sim_effect (record_id, record_key, claim_id)
            select * from unnest(cast(:ids as bigint[]), cast(:keys as text[]), cast(:claims as uuid[]))
            """;

    private static final String WRITE_SECOND = """
            insert into sim_second (record_id) select unnest(cast(:ids as bigint[]))
            """;

    private static final String SPOIL = "select 1 / 0";

    private final JdbcClient jdbc;
    private final Journal journal;

    LedgerHandler(JdbcClient jdbc, Journal journal) {
        this.jdbc = jdbc;
        this.journal = journal;
    }

    /** The payload. */
    record Task(Plan plan) {}

    @Override
    public String flow() {
        return FLOW;
    }

    @Override
    public Outcome<String> handle(WorkRecord<Task> record) throws Exception {
        String key = Objects.requireNonNull(record.key());
        Plan plan = record.payload().plan();
        int time = journal.handled(key);
        Actor.work("handles %s %s".formatted(key, plan), plan.kills(time));
        return switch (plan) {
            case FINE, KILLS_ONCE, KILLS, CANNOT_BE_WRITTEN -> Outcome.completed(key);
            case FAILS_ONCE -> time == 1 ? failed(key) : Outcome.completed(key);
            case WAITS -> time <= 2 ? Outcome.sourceUnavailable("asleep") : Outcome.completed(key);
            case FAILS -> failed(key);
            case REJECTED -> {
                journal.failed(key);
                yield Outcome.rejected("never right");
            }
        };
    }

    @Override
    public void write(List<Handled<Task, String>> chunk) {
        long[] ids = chunk.stream().mapToLong(it -> it.record().id()).toArray();
        jdbc.sql(WRITE)
                .param("ids", ids)
                .param("keys", chunk.stream().map(it -> it.record().key()).toArray(String[]::new))
                .param("claims", chunk.stream().map(Handled::result).toArray(String[]::new))
                .update();
        jdbc.sql(WRITE_SECOND).param("ids", ids).update();
        if (chunk.stream().anyMatch(it -> it.record().payload().plan() == Plan.CANNOT_BE_WRITTEN)) {
            if (chunk.size() == 1) {
                journal.failed(Objects.requireNonNull(chunk.getFirst().record().key()));
            }
            jdbc.sql(SPOIL).query(Integer.class).single();
        }
    }

    private Outcome<String> failed(String key) {
        journal.failed(key);
        return Outcome.retryLater(Duration.ofSeconds(7), "not this time");
    }
}
