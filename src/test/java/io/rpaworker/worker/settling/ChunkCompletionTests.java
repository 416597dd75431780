package io.rpaworker.worker.settling;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.Failures;
import io.rpaworker.testing.Numbers.Numbered;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.worker.settling.ChunkBisection.Refused;
import io.rpaworker.worker.settling.ChunkCompletion.Rest;
import io.rpaworker.worker.settling.Settlement.Complete;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.UncategorizedSQLException;

/** Chunks of which some records cannot be written. */
@ExtendWith(OutputCaptureExtension.class)
class ChunkCompletionTests {

    private final RpaDb db = Postgres.migrated();
    private final List<Integer> writes = new ArrayList<>();

    // A row of the results that a forgotten session has locked; trouble inside PostgreSQL; a handler's own fault.
    @ParameterizedTest
    @ValueSource(strings = {"55P03", "55000", "XX000", "23505"})
    void whatOneRecordMeetsDoesNotHappenToItsNeighbours(String state) throws InterruptedException {
        Rest<Numbered, Integer> rest = complete(100, failing(state, Set.of(67)));

        assertThat(rest.refused()).extracting(ChunkCompletionTests::number).containsExactly(67);
        assertThat(rest.anyCompleted()).isTrue();
        assertThat(db.count(ClaimedRecords.FLOW, "completed")).isEqualTo(99);
        assertThat(rest.refused().getFirst().own()).isEqualTo(!state.equals("55P03"));
    }

    @Test
    void onceAChunkHasBeenTriedOftenEachPartIsTriedOnce() throws InterruptedException {
        complete(64, failing("55P03", Set.of(1)));

        // Ten times all of them, then halves down to the first one, and the other half of each.
        assertThat(writes).hasSize(10 + 6 + 6);
    }

    @Test
    void anOutageThatPassesRefusesNothingAndIsToldOnce(CapturedOutput output) throws InterruptedException {
        Rest<Numbered, Integer> rest = complete(64, failing(9, failure("08006")));

        assertThat(rest.refused()).isEmpty();
        assertThat(writes).hasSize(10);
        assertThat(output).containsOnlyOnce("Completing 64 records of flow claimed fails, and is tried again: ");
    }

    @Test
    void whatSucceedsAtTheSecondTryIsNotWorthATell(CapturedOutput output) throws InterruptedException {
        complete(64, failing(1, failure("08006")));

        assertThat(db.count(ClaimedRecords.FLOW, "completed")).isEqualTo(64);
        assertThat(output).doesNotContain("is tried again");
    }

    // Whoever has locked a table for a minute must not be asked a thousand times, five seconds each.
    @Test
    void whatNoRecordGetsPastIsNotLookedForInEachOfThem() throws InterruptedException {
        Rest<Numbered, Integer> rest = complete(500, chunk -> {
            throw failure("42P01");
        });

        assertThat(rest.refused()).hasSize(500).noneMatch(Refused::own);
        assertThat(rest.anyCompleted()).isFalse();
        assertThat(writes).hasSizeLessThan(50);
    }

    // What a deferred constraint meets comes to light at COMMIT only.
    @Test
    @Timeout(60)
    void aCommitThatIsRefusedAgainAndAgainIsToldAndEnds(CapturedOutput output) throws InterruptedException {
        db.jdbc().sql("""
                create function refuse() returns trigger language plpgsql as $$
                begin
                    raise exception 'locked' using errcode = '55P03';
                end $$;
                create constraint trigger refuse after update on processing_queue deferrable initially deferred
                    for each row when (new.status = 'completed') execute function refuse();
                """).update();

        Rest<Numbered, Integer> rest = complete(4, chunk -> {});

        assertThat(rest.refused()).hasSize(4).noneMatch(Refused::own);
        assertThat(rest.anyCompleted()).isFalse();
        assertThat(output).containsOnlyOnce("Completing 4 records of flow claimed fails, and is tried again: ");
    }

    @Test
    void whatADriverQuotesOfABatchIsNotTold(CapturedOutput output) throws InterruptedException {
        complete(4, failing(3, new IllegalStateException("insert ... values ('secret')", failure("08006"))));

        assertThat(output).contains("and is tried again: ").doesNotContain("secret");
    }

    @Test
    void anOutageThatCannotBeToldRefusesNothing() throws InterruptedException {
        var unreadable = new SQLException("lost", "08006") {
            @Override
            public String getMessage() {
                throw new UnsupportedOperationException();
            }
        };

        Rest<Numbered, Integer> rest = complete(4, failing(3, new IllegalStateException("write", unreadable)));

        assertThat(rest.refused()).isEmpty();
        assertThat(db.count(ClaimedRecords.FLOW, "completed")).isEqualTo(4);
    }

    @Test
    void troubleInsideTheDatabaseIsARecordsOwnAfterThreeTries() throws InterruptedException {
        Rest<Numbered, Integer> rest = complete(1, failing("XX000", Set.of(1)));

        assertThat(rest.refused()).singleElement().matches(Refused::own);
        assertThat(writes).hasSize(3);
    }

    @Test
    void aClaimThatIsCompletedAsAWholeIsForgottenWithThat() throws InterruptedException {
        complete(4, chunk -> {});

        assertThat(claimRows()).isZero();
    }

    // Whoever keeps a record from being updated leaves it the claim's: it must not become nobody's.
    @Test
    void aClaimOfWhichARecordIsLeftIsNotForgotten() throws InterruptedException {
        db.jdbc().sql("""
                create function spare() returns trigger language plpgsql as 'begin return null; end';
                create trigger spare before update on processing_queue
                    for each row when (new.status = 'completed' and new.payload ->> 'n' = '3') execute function spare();
                """).update();

        Rest<Numbered, Integer> rest = complete(4, chunk -> assertThat(chunk).containsExactly(1, 2, 4));

        assertThat(rest.refused()).isEmpty();
        assertThat(writes).containsExactly(3);
        assertThat(db.count(ClaimedRecords.FLOW, "completed")).isEqualTo(3);
        assertThat(db.count(ClaimedRecords.FLOW, "processing")).isEqualTo(1);
        assertThat(claimRows()).isEqualTo(1);
    }

    private int claimRows() {
        return db.jdbc()
                .sql("select count(*) from processing_claim")
                .query(Integer.class)
                .single();
    }

    private Rest<Numbered, Integer> complete(int records, Consumer<List<Integer>> writing) throws InterruptedException {
        var claimed = new ClaimedRecords(db, records, chunk -> {
            writes.add(chunk.size());
            writing.accept(chunk);
        });
        return claimed.completion().complete(claimed.claim, claimed.handled());
    }

    private static Consumer<List<Integer>> failing(String state, Set<Integer> numbers) {
        return chunk -> {
            if (chunk.stream().anyMatch(numbers::contains)) {
                throw failure(state);
            }
        };
    }

    private static Consumer<List<Integer>> failing(int times, RuntimeException failure) {
        var left = new AtomicInteger(times);
        return chunk -> {
            if (left.getAndDecrement() > 0) {
                throw failure;
            }
        };
    }

    private static RuntimeException failure(String state) {
        return new UncategorizedSQLException("write", "insert", Failures.postgres(state));
    }

    private static int number(Refused<Complete<Numbered, Integer>> refused) {
        return refused.element().handled().result();
    }
}
