package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.faults.FaultLedger.Verdict;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rows that nobody should have inserted, among a thousand good ones, and small workers that meet them again and again.
 */
class HostileRowsIT {

    private static final int GOOD = 1_000;

    // What cannot be read becomes a dead letter.
    private static final List<String> UNREADABLE = List.of(
            "jsonb_build_object('bomb', (select jsonb_agg(cast('1e131071' as jsonb)) from generate_series(1, 9000)))",
            "jsonb_build_object('bomb', (select jsonb_agg(cast('1e131071' as jsonb)) from generate_series(1, 700)))",
            "jsonb_build_object('bomb', (select jsonb_agg(cast('1e-16383' as jsonb)) from generate_series(1, 9000)))",
            "jsonb_build_object('n', 1, 'millis', 1, 'long', repeat('x', 70000000))",
            "'[]'::jsonb",
            "'null'::jsonb");

    // What can be read is done like any other, whatever else its row says.
    private static final List<String> ODD = List.of(
            "available_at = '-infinity'",
            "available_at = '-infinity', created_at = '-infinity'",
            "created_at = 'infinity'",
            "available_at = '4713-01-01 BC'",
            "id = -7",
            "id = -9223372036854775808",
            "id = 9223372036854775807",
            "id = 2147483648",
            "retry_count = -2147483648",
            "crash_count = -2147483648");

    @TempDir
    Path folder;

    private final RpaDb db = Postgres.migrated();
    private final FaultLedger ledger = FaultLedger.in(db);

    @Test
    @Tag("faults")
    void hostileRowsHarmOnlyThemselves() {
        UNREADABLE.forEach(payload -> db.jdbc()
                .sql("insert into processing_queue (flow_name, payload) select 'ledger', " + payload)
                .update());
        ledger.add(GOOD, 3);
        ODD.forEach(this::makeOdd);
        var worker = FaultWorkers.in(folder, db);
        try (var one = worker.start();
                var other = worker.start()) {
            one.working();
            other.working();
            one.until("drained", ledger::isDrained);

            Verdict verdict = ledger.verdict();
            FaultLedger.report(
                    "hostile rows",
                    "%d unreadable and %d odd rows, %d workers alive, %s"
                            .formatted(
                                    UNREADABLE.size(),
                                    ODD.size(),
                                    (one.isAlive() ? 1 : 0) + (other.isAlive() ? 1 : 0),
                                    verdict));
            assertThat(verdict.completed()).isEqualTo(GOOD);
            assertThat(verdict.dead()).isEqualTo(UNREADABLE.size());
            assertThat(verdict.lost() + verdict.duplicated() + verdict.halves() + verdict.unexpected())
                    .isZero();
            assertThat(one.isAlive() && other.isAlive()).isTrue();
            assertThat(one.identities()).hasSize(1);
        }
    }

    // Of the good ones, one each.
    private void makeOdd(String change) {
        db.jdbc()
                .sql("update processing_queue set " + change
                        + " where id = (select max(id) from processing_queue where available_at > '2000-01-01'"
                        + " and available_at < 'infinity' and created_at < 'infinity' and id between 100 and 2000000"
                        + " and retry_count = 0 and crash_count = 0)")
                .update();
    }
}
