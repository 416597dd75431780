package io.rpaworker.worker.settling;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureKind;
import io.rpaworker.testing.Failures;
import io.rpaworker.testing.Numbers.Numbered;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.worker.inflight.FlowMeters.Outcome;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.TestInFlight;
import io.rpaworker.worker.settling.Settlement.Fail;
import io.rpaworker.worker.settling.Settlement.Release;
import io.rpaworker.worker.settling.Settlement.Suspect;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** The numbers of what was not completed, where PostgreSQL's answers get lost. */
@ExtendWith(OutputCaptureExtension.class)
class FailuresAndReleasesTests {

    private final RpaDb db = Postgres.migrated();
    private final ClaimedRecords claimed = new ClaimedRecords(db, 4, chunk -> {});
    private final AtomicInteger lostAnswers = new AtomicInteger();
    private final QueueParts queue = QueueParts.over(losingAnswers(db.dataSource()));
    private final InFlight inFlight = TestInFlight.of(queue, claimed.flow, claimed.meters);
    private final FailuresAndReleases<Numbered, Integer> failuresAndReleases = new FailuresAndReleases<>(
            claimed.flow, queue.failures(), queue.releases(), ClaimedRecords.FAILURES, inFlight, Duration.ZERO);

    @Test
    void onlyWhatWasStillOursCountsAsReleased() throws InterruptedException {
        somebodyElseTakes(1);

        failuresAndReleases.release(claimed.claim, backs());

        assertThat(claimed.counted(Outcome.RELEASED)).isEqualTo(3);
        assertThat(claimed.fenceRejected()).isEqualTo(1);
    }

    @Test
    void onlyWhatWasStillOursCountsAsSuspected() throws InterruptedException {
        somebodyElseTakes(1);

        failuresAndReleases.suspect(
                claimed.claim,
                claimed.claim.works().stream()
                        .map(it -> new Suspect<Numbered, Integer>(it, 0))
                        .toList());

        assertThat(claimed.counted(Outcome.RELEASED)).isEqualTo(3);
        assertThat(claimed.fenceRejected()).isEqualTo(1);
    }

    @Test
    void onlyWhatWasStillOursCountsAsFailed() throws InterruptedException {
        somebodyElseTakes(1);

        failuresAndReleases.fail(claimed.claim, fails("bad"));

        assertThat(claimed.counted(Outcome.RETRIED)).isEqualTo(3);
        assertThat(claimed.fenceRejected()).isEqualTo(1);
    }

    @Test
    void aFailureThatIsLockedIsReleasedLaterAndKeepsNobodyWaiting() {
        whileLocked(1, () -> failuresAndReleases.fail(claimed.claim, fails("bad")));

        assertThat(db.count(ClaimedRecords.FLOW, "failed")).isEqualTo(3);
        assertThat(claimed.counted(Outcome.RETRIED)).isEqualTo(3);
        assertReleasedLater();
    }

    @Test
    void whatIsLockedWhenItIsReleasedIsReleasedLater() {
        whileLocked(1, () -> failuresAndReleases.release(claimed.claim, backs()));

        assertThat(db.count(ClaimedRecords.FLOW, "pending")).isEqualTo(3);
        assertThat(claimed.counted(Outcome.RELEASED)).isEqualTo(3);
        assertReleasedLater();
    }

    private void assertReleasedLater() {
        assertThat(claimed.fenceRejected()).isZero();
        assertThat(claimed.claim.isForgotten()).isFalse();
        int settled = db.count(ClaimedRecords.FLOW, "pending");
        whileLocked(1, inFlight.cleanup()::tellUrgent);
        assertThat(inFlight.cleanup().isUrgent()).isTrue();
        assertThat(db.count(ClaimedRecords.FLOW, "pending")).isEqualTo(settled);

        inFlight.cleanup().tellUrgent();

        assertThat(inFlight.cleanup().isUrgent()).isFalse();
        assertThat(db.count(ClaimedRecords.FLOW, "pending")).isEqualTo(settled + 1);
    }

    private interface Step {
        void take() throws InterruptedException;
    }

    private void whileLocked(long id, Step step) {
        QueueParts.over(db.dataSource()).transaction().executeWithoutResult(status -> {
            db.jdbc()
                    .sql("select id from processing_queue where id = :id for update")
                    .param("id", id)
                    .query(Long.class)
                    .single();
            var taken = CompletableFuture.runAsync(() -> {
                try {
                    step.take();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(taken).succeedsWithin(Duration.ofSeconds(10));
        });
    }

    @Test
    void whatWasNeverAskedIsNotCounted() throws InterruptedException {
        claimed.lease.end();

        failuresAndReleases.fail(claimed.claim, fails("bad"));
        failuresAndReleases.release(claimed.claim, backs());

        assertThat(claimed.counted(Outcome.RETRIED)).isZero();
        assertThat(claimed.counted(Outcome.RELEASED)).isZero();
        assertThat(claimed.fenceRejected()).isZero();
    }

    @Test
    void aFailureWhoseAnswerWasLostCountsAsOne() throws InterruptedException {
        somebodyElseTakes(1);
        lostAnswers.set(1);

        failuresAndReleases.fail(claimed.claim, fails("bad"));

        assertThat(db.count(ClaimedRecords.FLOW, "failed")).isEqualTo(3);
        assertThat(claimed.counted(Outcome.RETRIED)).isEqualTo(3);
        assertThat(claimed.fenceRejected())
                .as("nobody knows about the other one")
                .isZero();
    }

    @Test
    void whatMayHaveBeenReleasedIsNotSaidToBeSomebodyElses() throws InterruptedException {
        lostAnswers.set(1);

        failuresAndReleases.release(claimed.claim, backs());

        assertThat(db.count(ClaimedRecords.FLOW, "pending")).isEqualTo(4);
        assertThat(claimed.fenceRejected()).isZero();
    }

    @Test
    void whatIsNotAnsweredTwiceIsToldOnce(CapturedOutput output) throws InterruptedException {
        lostAnswers.set(3);

        failuresAndReleases.release(claimed.claim, backs());

        assertThat(output).containsOnlyOnce("Settling 4 records of flow claimed fails, and is tried again: ");
    }

    @Test
    void aReasonThatCannotBeStoredIsReplaced() throws InterruptedException {
        failuresAndReleases.fail(claimed.claim, fails("NUL: \0"));

        assertThat(claimed.counted(Outcome.RETRIED)).isEqualTo(4);
        assertThat(db.column(1, "error_message", String.class)).isEqualTo("Failed; the reason could not be recorded");
        assertThat(db.column(1, "retry_count", Integer.class)).isEqualTo(1);
    }

    private List<Fail<Numbered, Integer>> fails(String reason) {
        var failure = new Failure(reason, FailureKind.ERROR, null, Duration.ofMinutes(1), Duration.ZERO);
        return claimed.claim.works().stream()
                .map(it -> new Fail<Numbered, Integer>(it, 0, failure, null))
                .toList();
    }

    private List<Release<Numbered, Integer>> backs() {
        return claimed.claim.works().stream()
                .map(it -> new Release<Numbered, Integer>(it, 0, null))
                .toList();
    }

    private void somebodyElseTakes(long id) {
        db.jdbc()
                .sql("update processing_queue set claim_id = gen_random_uuid() where id = :id")
                .param("id", id)
                .update();
    }

    /** Statements happen, but the connection ends before their answer arrives. */
    private DataSource losingAnswers(DataSource database) {
        return new DelegatingDataSource(database) {
            @Override
            public Connection getConnection() throws SQLException {
                return proxy(Connection.class, super.getConnection());
            }
        };
    }

    private <T> T proxy(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object answer;
                    try {
                        answer = method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (method.getName().equals("executeQuery") && lostAnswers.getAndDecrement() > 0) {
                        throw Failures.postgres("08006");
                    }
                    return answer instanceof PreparedStatement statement
                            ? proxy(PreparedStatement.class, statement)
                            : answer;
                }));
    }
}
