package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.leader.Leadership;
import io.rpaworker.leader.Leaderships;
import io.rpaworker.loop.Loops;
import io.rpaworker.queue.counts.StatusCounts;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class TotalsCheckTests {

    private static final Duration LEASE = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final RpaDb db = Postgres.migrated();
    private final QueueParts queue = QueueParts.over(db);
    private final ChoreProblems problems = new ChoreProblems();
    private final Leadership leadership = Leaderships.over(db.workerDataSource());
    private final TotalsCheck check = check(leadership);

    private TotalsCheck check(Leadership leadership) {
        return new TotalsCheck(
                leadership,
                queue.recount(),
                problems,
                new LastTotals(),
                new MaintenanceProperties(
                        true, DAY, DAY, DAY, 3, LEASE, new MaintenanceProperties.Retention(DAY, DAY, DAY, null)),
                new Loops());
    }

    @BeforeEach
    void whatATriggerCountedTwice() {
        leadership.campaign("a", LEASE);
        db.insert("f", "completed", 10);
        sql("insert into queue_total values ('f', 10)");
    }

    @Test
    void theLeaderMendsTheTotalsAndSaysOfWhichFlowAndByHowMuch(CapturedOutput output) {
        due();

        check.checkOnce();

        assertThat(completed()).isEqualTo(10);
        assertThat(output).contains("The total of f said 20 records, 10 more than the table has; mended");
    }

    @Test
    void aReplicaThatDoesNotLeadLeavesThemAlone() {
        due();

        check(Leaderships.over(db.workerDataSource())).checkOnce();

        assertThat(completed()).isEqualTo(20);
    }

    /** The table is read as a whole: not while a new release is rolled out. */
    @Test
    void waitsAnHourAfterTheMigration() {
        check.checkOnce();
        assertThat(completed()).isEqualTo(20);

        ago(Duration.ofMinutes(61));
        check.checkOnce();
        assertThat(completed()).isEqualTo(10);
    }

    @Test
    void checksOnceADayWhoeverLeads() {
        due();
        check.checkOnce();
        sql("insert into queue_total values ('f', 10)");

        leadership.resign();
        Leadership successor = Leaderships.over(db.workerDataSource());
        successor.campaign("b", LEASE);
        check(successor).checkOnce();
        ago(Duration.ofHours(23));
        check(successor).checkOnce();
        assertThat(completed()).isEqualTo(20);

        ago(Duration.ofHours(2));
        check(successor).checkOnce();
        assertThat(completed()).isEqualTo(10);
    }

    @Test
    void whatItCouldNotCompareIsAProblemUntilItCanOrAnotherLeads() {
        sql("alter function queue_recount() rename to away");
        due();
        check.checkOnce();
        assertThat(problems.current()).singleElement().asString().contains("queue_recount()");

        sql("alter function away() rename to queue_recount");
        check.checkOnce();
        assertThat(problems.current()).hasSize(1);

        due();
        check.checkOnce();
        assertThat(problems.current()).isEmpty();

        problems.report(TotalsCheck.DUTY, "not compared");
        leadership.resign();
        check.checkOnce();
        assertThat(problems.current()).isEmpty();
    }

    @Test
    void ofVeryManyFlowsItNamesTheWorst(CapturedOutput output) {
        sql("insert into queue_total select 'g' || i, i from generate_series(1, 1000) i");
        due();

        check.checkOnce();

        assertThat(output)
                .contains("The total of g1000 said 1000 records", "The totals of 981 more flows differed by less")
                .doesNotContain("The total of g980 ");
    }

    @Test
    void everyWorkerThatDoesChoresChecksByItself() {
        try (var worker = TestWorker.on(db)
                .property("rpa.maintenance.purge-interval", "100ms")
                .start()) {
            leadership.resign();
            due();

            worker.until(() -> completed() == 10);
        }
    }

    @Test
    void aWorkerThatDoesNoChoresDoesNot() {
        try (var worker =
                TestWorker.on(db).property("rpa.maintenance.enabled", "false").start()) {
            assertThat(worker.bean(TotalsCheck.class).isRunning()).isFalse();
        }
    }

    private long completed() {
        return queue.counts().byFlow().getOrDefault("f", StatusCounts.NONE).completed();
    }

    private void due() {
        ago(DAY);
    }

    private void ago(Duration time) {
        db.jdbc()
                .sql("update leader_term set expires_at = expires_at - make_interval(secs => :seconds)"
                        + " where name = 'totals'")
                .param("seconds", (double) time.toSeconds())
                .update();
    }

    private void sql(String statement) {
        db.jdbc().sql(statement).update();
    }
}
