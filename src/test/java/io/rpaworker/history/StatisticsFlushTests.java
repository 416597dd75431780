package io.rpaworker.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rpaworker.loop.Loops;
import io.rpaworker.ops.Reader;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.QueryTimeoutException;
import tools.jackson.databind.json.JsonMapper;

class StatisticsFlushTests {

    private final RpaDb db = Postgres.migrated();
    private final Tallies tallies = new Tallies();
    private final StatisticsFlush flush = new StatisticsFlush(
            tallies, new Statistics(db.workerJdbc(), JsonMapper.builder().build()), new Loops());

    @Test
    void anOutageOfRpaDbCostsNothing() {
        tallies.of("f").completed(1);
        db.execute("alter table flow_statistics rename to gone");
        assertThatThrownBy(flush::flushOnce).isNotNull();
        tallies.of("f").completed(1);
        assertThatThrownBy(flush::flushOnce).isNotNull();
        db.execute("alter table gone rename to flow_statistics");

        flush.flushOnce();

        assertThat(completed("f")).isEqualTo(2);
    }

    /** The addition is made, and then the answer is lost. */
    @Test
    void anAnswerThatIsLostCountsOnce() {
        var lost = new AtomicBoolean(true);
        var unsure = new Statistics(db.workerJdbc(), JsonMapper.builder().build()) {
            @Override
            void add(UUID writer, long number, List<Addition> additions) {
                super.add(writer, number, additions);
                if (lost.get()) {
                    throw new QueryTimeoutException("lost");
                }
            }
        };
        var flush = new StatisticsFlush(tallies, unsure, new Loops());
        tallies.of("f").completed(1);
        assertThatThrownBy(flush::flushOnce).hasMessageContaining("lost");
        assertThat(completed("f")).isOne();
        tallies.of("f").completed(1);
        lost.set(false);

        flush.flushOnce();
        flush.flushOnce();

        assertThat(completed("f")).isEqualTo(2);
    }

    /** The driver would wait for longer than Kubernetes does. */
    @Test
    @Timeout(30)
    @ExtendWith(OutputCaptureExtension.class)
    void aSilentRpaDbDoesNotHoldTheStop(CapturedOutput output) {
        var silent = new Statistics(db.workerJdbc(), JsonMapper.builder().build()) {
            @Override
            void add(UUID writer, long number, List<Addition> additions) {
                LockSupport.parkNanos(Duration.ofMinutes(1).toNanos());
            }
        };
        var flush = new StatisticsFlush(tallies, silent, new Loops());
        tallies.of("f").completed(1);

        flush.stop();

        assertThat(output)
                .contains("The statistics lack what this process has settled last: rpa_db does not answer within 5 s");
    }

    /** Whatever becomes of records, the statistics say what the table says. */
    @Test
    void aWorkerThatStopsHasToldAllThatItSettled() {
        try (var worker = TestWorker.on(db)
                .property("rpa.global.retry.initial-delay", "2h")
                .property("rpa.global.retry.max-delay", "2h")
                .flow(Reader.FLOW)
                .bean(new Reader())
                .start()) {
            db.insertPending(Reader.FLOW, 10);
            worker.until(() -> db.count(Reader.FLOW, "completed") == 8 && db.count(Reader.FLOW, "failed") == 2);
        }

        assertThat(completed(Reader.FLOW)).isEqualTo(8);
        assertThat(sum(Reader.FLOW, "retried_error + retried_timeout + dead_rejected + dead_error"))
                .isEqualTo(2);
        assertThat(sum(Reader.FLOW, "(select sum(n) from unnest(runs) n)")).isEqualTo(10);
        assertThat(sum(Reader.FLOW, "(select sum(n) from unnest(waits) n)")).isEqualTo(10);
        assertThat(db.jdbc()
                        .sql("select sum(attempts) from failure_statistics where span = 'hour'")
                        .query(Long.class)
                        .single())
                .isEqualTo(2);
    }

    private long completed(String flow) {
        return sum(flow, "completed");
    }

    private long sum(String flow, String what) {
        return db.jdbc()
                .sql("select coalesce(sum(" + what
                        + "), 0) from flow_statistics where span = 'hour' and flow_name = :flow")
                .param("flow", flow)
                .query(Long.class)
                .single();
    }
}
