package io.rpaworker.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.RpaDb;
import org.jspecify.annotations.Nullable;

/**
 * The effects of the records, in tables without any constraint that would hide a duplicate, and each change of status;
 * and what there is to be said about them once the faults are over.
 */
record FaultLedger(RpaDb db) {

    static final String FLOW = "ledger";

    private static final String TABLES = """
            create table fx_ledger (
                record_id bigint, claim_id uuid, instance text, attempt int,
                xid xid8 default pg_current_xact_id(), at timestamptz default clock_timestamp());
            create table fx_second (record_id bigint, xid xid8 default pg_current_xact_id());
            create table fx_audit (
                step bigint generated always as identity, record_id bigint, flow text, old_status text,
                new_status text, old_instance text, old_claim uuid, new_claim uuid, crashes int,
                at timestamptz default clock_timestamp());
            create function fx_note() returns trigger language plpgsql as $$
            begin
                insert into fx_audit (
                    record_id, flow, old_status, new_status, old_instance, old_claim, new_claim, crashes)
                values (new.id, new.flow_name, old.status, new.status, old.flow_instance_id, old.claim_id,
                    new.claim_id, new.crash_count);
                return null;
            end $$;
            create trigger fx_note after update on processing_queue
                for each row when (old.status is distinct from new.status) execute function fx_note();
            """;

    // Each aspect counts records; all of them but the first two are to be zero, unless a test says otherwise.
    private static final String VERDICT = """
            with entry as (select record_id, count(*) as times, count(distinct xid) as xids
                           from fx_ledger group by record_id),
                 second as (select record_id, count(*) as times from fx_second group by record_id),
                 ours as (select * from processing_queue where flow_name = 'ledger'),
                 step as (select a.*, lag(new_claim) over (partition by record_id order by step) as latest_claim,
                                 lag(new_status) over (partition by record_id order by step) as before
                          from fx_audit a where flow = 'ledger')
            select (select count(*) from ours) as records,
                   (select count(*) from ours where status = 'completed') as completed,
                   (select count(*) from ours where status in ('pending', 'processing')
                       or (status = 'failed' and next_retry_at is not null)) as unfinished,
                   (select count(*) from ours o where status = 'completed'
                       and not exists (select from entry e where e.record_id = o.id)) as lost,
                   (select count(*) from entry e where not exists (
                       select from ours o where o.id = e.record_id and o.status = 'completed')) as unexpected,
                   (select count(*) from entry where times > 1)
                       + (select count(*) from second where times > 1) as duplicated,
                   (select count(*) from entry full join second using (record_id)
                       where entry.times is distinct from second.times) as halves,
                   (select count(*) from ours where retry_count > 0) as burned,
                   (select count(*) from ours where status = 'failed' and next_retry_at is null) as dead,
                   (select count(*) from step where old_status = 'completed') as changed_when_done,
                   (select count(*) from step where new_status = 'completed' and before = 'processing'
                       and latest_claim is distinct from new_claim) as stale,
                   (select count(*) from step where old_status = 'processing' and new_status = 'pending') as released,
                   (select coalesce(sum(crash_count), 0) from ours) as crashes
            """;

    /** What became of the records. */
    record Verdict(
            int records,
            int completed,
            int unfinished,
            int lost,
            int unexpected,
            int duplicated,
            int halves,
            int burned,
            int dead,
            int changedWhenDone,
            int stale,
            int released,
            int crashes) {

        /** Every record completed, its effect there once, and no attempt used. */
        Verdict assertExactlyOnce() {
            assertThat(this).isEqualTo(new Verdict(records, records, 0, 0, 0, 0, 0, 0, 0, 0, 0, released, crashes));
            return this;
        }

        @Override
        public String toString() {
            return ("%d records, %d completed, lost %d, unexpected %d, duplicated %d, half done %d, attempts burned %d,"
                            + " dead letters %d, changed when done %d, completed by a stale claim %d, given back %d,"
                            + " crash counts %d")
                    .formatted(
                            records,
                            completed,
                            lost + unfinished,
                            unexpected,
                            duplicated,
                            halves,
                            burned,
                            dead,
                            changedWhenDone,
                            stale,
                            released,
                            crashes);
        }
    }

    static FaultLedger in(RpaDb db) {
        db.jdbc().sql(TABLES).update();
        return new FaultLedger(db);
    }

    /** Adds records that take their handler between 1 and {@code millis} each. */
    FaultLedger add(int records, int millis) {
        return add(FLOW, records, millis, null);
    }

    /** Adds records that do something on top. */
    FaultLedger add(String flow, int records, int millis, @Nullable String deed) {
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " select :flow, jsonb_build_object("
                        + "'n', n, 'millis', 1 + n % cast(:millis as int), 'deed', cast(:deed as text))"
                        + " from generate_series(1, :records) n")
                .param("flow", flow)
                .param("millis", millis)
                .param("deed", deed)
                .param("records", records)
                .update();
        return this;
    }

    /** Keeps at least so many records waiting. */
    void topUp(int waiting, int millis) {
        int missing = waiting - db.count(FLOW, "pending");
        if (missing > 0) {
            add(missing, millis);
        }
    }

    boolean isDrained() {
        return verdict().unfinished() == 0;
    }

    int completed() {
        return db.count(FLOW, "completed");
    }

    int processing() {
        return db.count(FLOW, "processing");
    }

    int count(String sql) {
        return db.jdbc().sql(sql).query(Integer.class).single();
    }

    Verdict verdict() {
        return db.jdbc().sql(VERDICT).query(Verdict.class).single();
    }

    /** Prints a test's figures, for docs/reliability.md. */
    static void report(String name, String figures) {
        System.out.println("FAULT " + name + ": " + figures);
    }
}
