package io.rpaworker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.leader.Leaderships;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.retry.support.RetryTemplate;

class DueChoresTests {

    private static final RpaDb DB = Postgres.migrated();

    private final AtomicLong now = new AtomicLong();
    private final List<String> done = new ArrayList<>();
    private boolean more;

    @Test
    void doesThemInTheirOrder() {
        DueChores chores = chores(chore("a"), chore("b"), chore("c"));

        everythingIsDue();
        chores.runOnce(true);

        assertThat(done).containsExactly("a", "b", "c");
    }

    @Test
    void oneThatIsNotDueIsLeftOut() {
        DueChores chores = chores(chore("a"), chore("b").every(Duration.ofHours(1)));
        everythingIsDue();
        chores.runOnce(true);
        done.clear();

        now.addAndGet(Duration.ofMinutes(1).toNanos());
        chores.runOnce(true);

        assertThat(done).containsExactly("a");
    }

    @Test
    void oneThatFailsTakesNoOthersTurn() {
        DueChores chores = chores(
                chore("a"),
                TestChore.of("b", () -> {
                    throw new StackOverflowError();
                }),
                chore("c"));

        everythingIsDue();
        chores.runOnce(true);

        assertThat(done).containsExactly("a", "c");
    }

    @Test
    void oneThatHasMoreToDoIsDueAgainOnceTheOthersHaveHadTheirTurn() {
        DueChores chores = chores(
                TestChore.of("a", () -> {
                    done.add("a");
                    return more;
                }),
                chore("b"));
        more = true;
        everythingIsDue();
        chores.runOnce(true);
        assertThat(done).containsExactly("a", "b");

        more = false;
        chores.runOnce(true);
        assertThat(done).containsExactly("a", "b", "a");

        chores.runOnce(true);
        assertThat(done).containsExactly("a", "b", "a");
    }

    @Test
    void thoseThatNeedAnEstablishedLeaseStayDueUntilItIs() {
        DueChores chores = chores(chore("a").established(), chore("b"));
        everythingIsDue();

        chores.runOnce(false);
        assertThat(done).containsExactly("b");

        chores.runOnce(true);
        assertThat(done).containsExactly("b", "a");
    }

    @Test
    void allHearOfARoundThatBeginsDueOrNot() {
        Chore hears = new Chore() {
            @Override
            public String name() {
                return "hears";
            }

            @Override
            public Doer doneBy() {
                return Doer.EVERY_INSTANCE;
            }

            @Override
            public Duration interval() {
                return Duration.ofHours(1);
            }

            @Override
            public void roundBegins() {
                done.add("begins");
            }

            @Override
            public boolean runOnce() {
                done.add("runs");
                return false;
            }
        };

        chores(hears).beginRound();

        assertThat(done).containsExactly("begins");
    }

    private DueChores chores(Chore... chores) {
        var runner = new ChoreRunner(new RetryTemplate(), new ChoreProblems(), Leaderships.over(DB.workerDataSource()));
        return new DueChores(List.of(chores), runner, now::get);
    }

    private TestChore chore(String name) {
        return TestChore.of(name, () -> {
            done.add(name);
            return false;
        });
    }

    private void everythingIsDue() {
        now.addAndGet(Duration.ofDays(1).toNanos());
    }
}
