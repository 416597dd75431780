package io.rpaworker.leader;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rpaworker.leader.CurrentTerm.LastTerm;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Two replicas and one term, by PostgreSQL's clock, which moves only when it is told to. The lease is so long that no
 * replica loses its own trust in it: what stops a stale leader here is the database.
 */
class LeadershipTests {

    private static final RpaDb DB = Postgres.migrated();
    private static final TestClock CLOCK = TestClock.of(DB);
    private static final JdbcClient JDBC = JdbcClient.create(CLOCK.workerDataSource());
    private static final Duration LEASE = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Leadership a = leadership();
    private final Leadership b = leadership();

    private static Leadership leadership() {
        return new Leadership(JDBC, new TransactionTemplate(new JdbcTransactionManager(CLOCK.workerDataSource())));
    }

    @BeforeAll
    static void createDuty() {
        DB.jdbc().sql("create table duty (done_by text)").update();
        DB.jdbc().sql("grant all on duty to public").update();
    }

    @BeforeEach
    void empty() {
        DB.empty("leader_term", "duty");
    }

    @Test
    void onlyOneLeads() {
        assertThat(a.campaign("a", LEASE)).isTrue();
        assertThat(b.campaign("b", LEASE)).isFalse();

        assertThat(a.isLeader()).isTrue();
        assertThat(b.isLeader()).isFalse();
        assertThat(a.asLeader(() -> done("a"))).isTrue();
        assertThat(b.asLeader(() -> done("b"))).isFalse();
        assertThat(doneBy()).containsExactly("a");
    }

    @Test
    void aTermTellsSinceWhenItGoesOn() {
        var terms = new CurrentTerm(DB.workerJdbc());
        a.campaign("a", LEASE);
        Instant began = terms.find().map(LastTerm::takenAt).orElseThrow();
        CLOCK.advance(SOON);
        a.campaign("a", LEASE);
        assertThat(terms.find().map(LastTerm::takenAt).orElseThrow())
                .as("renewed")
                .isEqualTo(began);

        a.resign();
        b.campaign("b", LEASE);
        assertThat(terms.find().map(LastTerm::takenAt).orElseThrow()).isAfter(began);
    }

    @Test
    void ofManyWhoCampaignAtOnceOneLeads() {
        List<Leadership> all =
                IntStream.range(0, 20).mapToObj(i -> leadership()).toList();

        long leaders = IntStream.range(0, 20)
                .mapToObj(i -> supplyAsync(() -> all.get(i).campaign("r" + i, LEASE), Thread::startVirtualThread))
                .toList()
                .stream()
                .filter(CompletableFuture::join)
                .count();

        assertThat(leaders).isEqualTo(1);
        assertThat(term()).isEqualTo(1);
    }

    @Test
    void renewingKeepsTheTerm() {
        a.campaign("a", LEASE);
        CLOCK.advance(LEASE.dividedBy(2));
        assertThat(a.campaign("a", LEASE)).isTrue();
        CLOCK.advance(LEASE.dividedBy(2));

        assertThat(b.campaign("b", LEASE)).isFalse();
        assertThat(term()).isEqualTo(1);
    }

    @Test
    void aDutyIsTakenByTheLeaderOncePerPause() {
        a.campaign("a", LEASE);
        assertThat(b.take("duty", LEASE)).isFalse();
        assertThat(a.take("duty", LEASE)).isTrue();
        assertThat(a.take("duty", LEASE)).isFalse();
        assertThat(a.take("another", LEASE)).isTrue();

        expire();
        assertThat(b.campaign("b", LEASE)).isTrue();
        assertThat(a.take("duty", LEASE)).isFalse();
        assertThat(b.take("duty", LEASE)).isTrue();
        assertThat(b.take("duty", LEASE)).isFalse();
    }

    @Test
    void everyTakeOverIsANewTermEvenByTheSameHolder() {
        a.campaign("a", LEASE);
        expire();
        assertThat(b.campaign("b", LEASE)).isTrue();
        assertThat(term()).isEqualTo(2);

        expire();
        assertThat(b.campaign("b", LEASE)).isTrue();
        assertThat(term()).isEqualTo(3);
    }

    @Test
    void whatRanOutIsNotRenewedAlthoughNobodyTookIt() {
        a.campaign("a", LEASE);
        expire();

        assertThat(a.asLeader(() -> done("a"))).isFalse();
        assertThat(a.campaign("a", LEASE)).isTrue();
        assertThat(term()).isEqualTo(2);
        assertThat(doneBy()).isEmpty();
    }

    @Test
    void aStaleLeaderDoesNothing() {
        a.campaign("a", LEASE);
        expire();
        b.campaign("b", LEASE);

        // It still believes that it leads; the database knows better.
        assertThat(a.isLeader()).isTrue();
        assertThat(a.asLeader(() -> done("a"))).isFalse();
        assertThat(b.asLeader(() -> done("b"))).isTrue();
        assertThat(doneBy()).containsExactly("b");
        assertThat(a.campaign("a", LEASE)).isFalse();
        assertThat(a.isLeader()).isFalse();
    }

    @Test
    void aTermOfTheSameHolderThatWasLostInBetweenIsStaleToo() {
        a.campaign("a", LEASE);
        expire();
        var restarted = leadership();
        restarted.campaign("a", LEASE);

        assertThat(a.asLeader(() -> done("stale"))).isFalse();
        assertThat(restarted.asLeader(() -> done("current"))).isTrue();
    }

    @Test
    void aTakeOverWaitsForTheLeadersTransaction() {
        a.campaign("a", LEASE);
        var takeOver = new AtomicReference<CompletableFuture<Boolean>>();

        assertThat(a.asLeader(() -> {
                    done("a");
                    expire();
                    var attempt = supplyAsync(() -> b.campaign("b", LEASE));
                    takeOver.set(attempt);
                    Awaitility.await().until(() -> attempt.isDone() || waiting() == 1);
                    assertThat(attempt).isNotDone();
                }))
                .isTrue();

        assertThat(Objects.requireNonNull(takeOver.get())).succeedsWithin(SOON).isEqualTo(true);
        assertThat(term()).isEqualTo(2);
        assertThat(doneBy()).containsExactly("a");
    }

    @Test
    void aTakeOverThatIsStillOpenStopsTheLeader() {
        a.campaign("a", LEASE);
        expire();
        // Not by the clock alone: the old term would be good again.
        var transaction = new TransactionTemplate(new JdbcTransactionManager(DB.dataSource()));
        var duty = transaction.execute(stillOpen -> {
            DB.jdbc()
                    .sql("update leader_term set holder = 'b', term = term + 1, expires_at = 'infinity'")
                    .update();
            CLOCK.advance(LEASE.plusMinutes(1).negated());
            var attempt = supplyAsync(() -> a.asLeader(() -> done("a")));
            Awaitility.await().until(() -> attempt.isDone() || waiting() == 1);
            return attempt;
        });

        assertThat(Objects.requireNonNull(duty)).succeedsWithin(SOON).isEqualTo(false);
        assertThat(doneBy()).isEmpty();
    }

    @Test
    void aDutyThatFailsLeavesNothing() {
        a.campaign("a", LEASE);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> a.asLeader(() -> {
                    done("a");
                    throw new IllegalStateException("half way");
                }));

        assertThat(doneBy()).isEmpty();
        assertThat(a.asLeader(() -> done("again"))).isTrue();
    }

    @Test
    void whoGetsNoAnswerDoesNotLead() {
        a.campaign("a", LEASE);
        DB.jdbc().sql("alter table leader_term rename to gone").update();
        try {
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> a.campaign("a", LEASE));
        } finally {
            DB.jdbc().sql("alter table gone rename to leader_term").update();
        }

        assertThat(a.isLeader()).isFalse();
        assertThat(a.asLeader(() -> done("a"))).isFalse();
    }

    @Test
    void aLeaderStopsBelievingInItsTermByItsOwnClock() {
        assertThat(a.campaign("a", Duration.ofNanos(1))).isTrue();
        DB.jdbc().sql("update leader_term set expires_at = 'infinity'").update();

        assertThat(a.isLeader()).isFalse();
        assertThat(a.asLeader(() -> done("a"))).isFalse();
    }

    @Test
    void resigningHandsOverAtOnce() {
        a.campaign("a", LEASE);
        a.resign();

        assertThat(a.isLeader()).isFalse();
        assertThat(a.asLeader(() -> done("a"))).isFalse();
        assertThat(b.campaign("b", LEASE)).isTrue();
        assertThat(term()).isEqualTo(2);
    }

    @Test
    void aStaleLeadersResignationDoesNotTouchTheCurrentTerm() {
        a.campaign("a", LEASE);
        expire();
        b.campaign("b", LEASE);

        a.resign();

        assertThat(b.asLeader(() -> done("b"))).isTrue();
    }

    @Test
    void aChangedIdentityIsAnotherCandidate() {
        a.campaign("a", LEASE);

        assertThat(a.campaign("a-after-a-lost-lease", LEASE)).isFalse();
        assertThat(a.isLeader()).isFalse();
    }

    private static void expire() {
        CLOCK.advance(LEASE.plusMillis(1));
    }

    private static void done(String by) {
        JDBC.sql("insert into duty values (:by)").param("by", by).update();
    }

    private static List<String> doneBy() {
        return DB.jdbc().sql("select done_by from duty").query(String.class).list();
    }

    private static long term() {
        return DB.jdbc().sql("select term from leader_term").query(Long.class).single();
    }

    private static int waiting() {
        return DB.jdbc()
                .sql("select count(*) from pg_stat_activity"
                        + " where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0")
                .query(Integer.class)
                .single();
    }
}
