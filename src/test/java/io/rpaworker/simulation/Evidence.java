package io.rpaworker.simulation;

import io.rpaworker.simulation.Figures.Figure;
import io.rpaworker.simulation.Journal.Added;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.worker.settling.StepWorker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What PostgreSQL has seen: every change of a record, each effect, in tables without any constraint that would hide a
 * duplicate; and what there is to be said against it.
 */
record Evidence(RpaDb db, Journal journal) {

    private static final String TABLES = """
            create table sim_effect (
                record_id bigint, record_key text, claim_id uuid, xid xid8 default pg_current_xact_id());
            create table sim_second (record_id bigint, xid xid8 default pg_current_xact_id());
            create table sim_dead (instance text);
            create table sim_duty (leader text, holder text, term bigint);
            create table sim_term (at bigint generated always as identity, holder text, term bigint);
            create table sim_audit (
                at bigint generated always as identity, xid xid8 default pg_current_xact_id(), op text, id bigint,
                before processing_queue, after processing_queue);
            create index on sim_audit (id);
            -- What mends a change runs as the owner of the tables, and its audit with it.
            grant select, update on sim_audit to rpa_migrator;
            -- By its name before the trigger that mends: a change and its mending are one.
            create function audit() returns trigger language plpgsql as $$
            begin
                if pg_trigger_depth() = 1 then
                    insert into sim_audit (op, id, before, after) values (tg_op, coalesce(new.id, old.id), old, new);
                else
                    update sim_audit set after = new where at = (select max(at) from sim_audit where id = new.id);
                end if;
                return null;
            end $$;
            create trigger audit after insert or update or delete on processing_queue
                for each row execute function audit();
            create function sim_note_dead() returns trigger language plpgsql as $$
            begin
                insert into sim_dead values (new.id);
                return null;
            end $$;
            create trigger sim_note_dead after update on worker_instance
                for each row when (new.crashed and not old.crashed) execute function sim_note_dead();
            create function sim_note_term() returns trigger language plpgsql as $$
            begin
                insert into sim_term (holder, term) values (new.holder, new.term);
                return null;
            end $$;
            create trigger sim_note_term after insert or update on leader_term
                for each row execute function sim_note_term();
            """;

    // Plans must not change while a run is repeated.
    private static final String QUIET = """
            select format('alter table %I set (autovacuum_enabled = false)', tablename)
            from pg_tables where schemaname = 'public'
            """;

    private static final String VIOLATIONS = """
            with change as (
                select at, xid, op, id, (before).status as was, (after).status as becomes,
                       (before).claim_id as claim, (after).claim_id as new_claim, (before).flow_instance_id as owner,
                       (before).retry_count as tries, (after).retry_count as new_tries,
                       (before).crash_count as crashes, (after).crash_count as new_crashes,
                       (after).failure_kind as kind, (after).error_message as reason,
                       (after).payload ->> 'plan' as plan,
                       (before).status = 'failed' and (before).next_retry_at is null as was_buried,
                       -- The process that it was to blame for is alive after all.
                       (before).failure_kind = 'poison' and (after).status = 'pending'
                           and (after).retry_count = (before).retry_count
                           and (after).crash_count = (before).crash_count - 1
                           and not exists (
                               select from worker_instance w where w.id = (before).flow_instance_id and w.crashed)
                           as is_acquitted,
                       (after).status = 'failed' and (after).next_retry_at is null as is_buried
                from sim_audit
            ), issued as (
                select at, id, new_claim, lead(at) over (partition by id order by at) as until
                from change where becomes = 'processing' and was <> 'processing'
            ), completion as (
                select c.*, c.new_claim = '00000000-0000-0000-0000-000000000000' as by_python
                from change c where becomes = 'completed' and was <> 'completed'
            )
            select 'two effects' as what, record_id as id from sim_effect group by record_id having count(*) > 1
            union all
            select 'half an effect', coalesce(e.record_id, s.record_id)
            from sim_effect e full join sim_second s on s.record_id = e.record_id and s.xid = e.xid
            where e.record_id is null or s.record_id is null
            union all
            select 'an effect that no completion of its claim committed', record_id from sim_effect e
            where not exists (
                select from completion c where c.id = e.record_id and c.xid = e.xid and c.claim = e.claim_id)
            union all
            select 'completed without its effect', id from completion c
            where not by_python
              and not exists (select from sim_effect e where e.record_id = c.id and e.xid = c.xid)
            union all
            select 'completed by a claim that is not the latest', c.id from completion c
            where not exists (
                select from issued i
                where i.id = c.id and i.at < c.at and (i.until is null or i.until > c.at)
                  and (i.new_claim = c.claim or c.by_python and i.new_claim is null))
            union all
            select 'changed after its end', id from change
            where op = 'UPDATE'
              and (was = 'completed'
                  or was_buried and not (is_acquitted is true or becomes = 'pending' and new_tries = 0))
            union all
            select 'claimed while it was claimed', id from change where was = 'processing' and becomes = 'processing'
            union all
            select 'deleted before its end', id from change where op = 'DELETE' and was <> 'completed' and not was_buried
            union all
            select 'more than the limit in one claim', min(id) from issued
            where new_claim is not null group by new_claim having count(*) > :batch
            union all
            select 'an attempt burned', id from change
            where op = 'UPDATE' and new_tries <> tries
              and not (new_tries = tries + 1 and was = 'processing' and becomes = 'failed' and kind <> 'poison')
              and not (new_tries = tries + 1 and was = 'processing' and becomes = 'pending' and claim is null)
              and not (new_tries = 0 and was_buried and becomes = 'pending')
            union all
            select 'a dead letter without a reason: ' || coalesce(kind, 'none'), id from change
            where is_buried and op = 'UPDATE'
              and not (reason is not null and case kind
                  when 'rejected' then plan = 'REJECTED'
                  when 'error' then new_tries >= :attempts
                  when 'poison' then new_crashes >= :maxCrashes
                  when 'unknown' then claim is null and reason = 'py'
                  else false end)
            union all
            select 'blamed for a crash it was not in', id from change
            where new_crashes > crashes
              and not (new_crashes = crashes + 1 and was = 'processing'
                  and (claim is null or owner in (select instance from sim_dead)))
            union all
            select 'a term that does not follow', term from (
                select term, holder, lag(term) over (order by at) as before, lag(holder) over (order by at) as held
                from sim_term) t
            where not (before is null or term = before + 1 or term = before and holder = held)
            union all
            select 'led by somebody else', term from sim_duty where holder not like leader || '-%'
            """;

    private static final String FAILURES = """
            select (after).record_key as key, count(*) as failures from sim_audit
            where op = 'UPDATE' and (after).status = 'failed' and (before).status = 'processing'
              and (before).claim_id is not null and (after).failure_kind <> 'poison'
            group by 1
            """;

    private static final String ENDS = """
            select distinct on (a.id)
                   coalesce((after).record_key, (before).record_key) as key,
                   coalesce((after).payload, (before).payload) ->> 'plan' as plan,
                   coalesce((after).status, (before).status) as status,
                   coalesce((after).next_retry_at, (before).next_retry_at) is null as last,
                   coalesce((after).claim_id, (before).claim_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
                       = '00000000-0000-0000-0000-000000000000' as by_python,
                   (select count(*) from sim_effect e where e.record_id = a.id) as effects
            from sim_audit a
            order by a.id, a.at desc
            """;

    private static final String HISTORY = """
            select format('%s: %s xid %s %s -> %s claim %s -> %s owner %s -> %s tries %s crashes %s', id, op, xid,
                   (before).status, (after).status, (before).claim_id, (after).claim_id, (before).flow_instance_id,
                   (after).flow_instance_id, (after).retry_count, (after).crash_count)
            from sim_audit where id = any (cast(:ids as bigint[])) order by id, at
            """;

    private static final String LITTER = """
            select format('claim of %s: %s', instance_id, record_ids) from processing_claim
            union all
            select format('total of %s off by %s', flow_name, off) from (
                select flow_name, sum(records) - (select count(*) from processing_queue q where q.flow_name = t.flow_name)
                       as off
                from queue_total t group by flow_name) totals
            where off <> 0
            """;

    private static final String DIGEST = """
            select md5(string_agg(concat_ws(' ', id, record_key, status, retry_count, crash_count, failure_kind), ','
                order by id))
            from processing_queue
            """;

    static Evidence in(RpaDb db, Journal journal) {
        db.jdbc().sql(TABLES).update();
        db.jdbc()
                .sql(QUIET)
                .query(String.class)
                .list()
                .forEach(it -> db.jdbc().sql(it).update());
        return new Evidence(db, journal);
    }

    private record Violation(String what, long id) {}

    private record Failed(String key, int failures) {}

    private record End(String key, Plan plan, String status, boolean last, boolean byPython, int effects) {

        boolean isCompleted() {
            return status.equals("completed");
        }

        boolean isRight() {
            boolean over = isCompleted() || (status.equals("failed") && last);
            return over
                    && (byPython || isCompleted() == plan.completes())
                    && (isCompleted() && !byPython) == (effects > 0);
        }
    }

    /** What holds at any time; each with the history of its record, and empty if all is well. */
    List<String> violations() {
        List<Violation> found = db.jdbc()
                .sql(VIOLATIONS)
                .param("batch", Programs.BATCH)
                .param("attempts", StepWorker.MOST_ATTEMPTS)
                .param("maxCrashes", Programs.MAX_CRASHES)
                .query(Violation.class)
                .list();
        var told = new ArrayList<String>();
        found.forEach(it -> told.add(it.what() + ": " + it.id()));
        db.jdbc().sql(FAILURES).query(Failed.class).stream()
                .filter(it -> it.failures() > journal.failures(it.key()))
                .forEach(it -> told.add("%s failed %d times, by its own fault %d"
                        .formatted(it.key(), it.failures(), journal.failures(it.key()))));
        if (!found.isEmpty()) {
            long[] ids =
                    found.stream().mapToLong(Violation::id).distinct().limit(3).toArray();
            told.addAll(
                    db.jdbc().sql(HISTORY).param("ids", ids).query(String.class).list());
        }
        return told;
    }

    /** Whether every record has come to its end. */
    boolean isDrained() {
        return db.jdbc()
                .sql("select not exists (select from processing_queue where claimed_at is null"
                        + " or status = 'processing' or next_retry_at is not null)"
                        + " and not exists (select from canary_retry where state = 'watching')")
                .query(Boolean.class)
                .single();
    }

    /** Records that would have been completed, had others not died so often while they were under way. */
    List<Long> innocent() {
        Set<String> completing = Arrays.stream(Plan.values())
                .filter(Plan::completes)
                .map(Plan::name)
                .collect(Collectors.toSet());
        return db.jdbc()
                .sql("select id from processing_queue where status = 'failed' and payload ->> 'plan' in (:plans)")
                .param("plans", completing)
                .query(Long.class)
                .list();
    }

    /** What is left behind once every process has ended; empty if nothing is. */
    List<String> litter() {
        return db.jdbc().sql(LITTER).query(String.class).list();
    }

    /** How often the leadership was taken. */
    int terms() {
        return db.jdbc()
                .sql("select count(distinct term) from sim_term")
                .query(Integer.class)
                .single();
    }

    /** The table, in short. */
    String digest() {
        return db.jdbc().sql(DIGEST).query(String.class).single();
    }

    /**
     * The multisets of a queue's checker, by the records' keys, once all has come to its end.
     *
     * @param lost acknowledged, but without its end or its effect
     * @param unexpected with an effect that nobody asked for, or that is not a completed record's
     * @param duplicated with more than one effect
     * @param recovered completed although its producer never got an answer
     */
    record Multisets(Set<String> lost, Set<String> unexpected, Set<String> duplicated, Set<String> recovered) {

        List<String> wrong() {
            var wrong = new ArrayList<String>();
            lost.forEach(it -> wrong.add("lost: " + it));
            unexpected.forEach(it -> wrong.add("unexpected: " + it));
            duplicated.forEach(it -> wrong.add("duplicated: " + it));
            return wrong;
        }

        @Override
        public String toString() {
            return "lost=%d unexpected=%d duplicated=%d recovered=%d"
                    .formatted(lost.size(), unexpected.size(), duplicated.size(), recovered.size());
        }
    }

    Multisets multisets(Figures figures) {
        Map<String, End> ends =
                db.jdbc().sql(ENDS).query(End.class).stream().collect(Collectors.toMap(End::key, Function.identity()));
        figures.set(Figure.RECORDS, ends.size());
        figures.set(Figure.COMPLETED, (int)
                ends.values().stream().filter(End::isCompleted).count());
        figures.set(Figure.DEAD_LETTERS, ends.size() - figures.of(Figure.COMPLETED));
        var sets = new Multisets(new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        journal.added().forEach((key, added) -> {
            End end = ends.get(key);
            if (end == null ? added == Added.ACKNOWLEDGED : !end.isRight()) {
                sets.lost().add(key + " " + end);
            } else if (end != null && added == Added.UNKNOWN && end.isCompleted()) {
                sets.recovered().add(key);
            }
        });
        ends.values().forEach(end -> {
            boolean asked = journal.added().containsKey(end.key()) && end.isCompleted() && !end.byPython();
            if (end.effects() > 0 && !asked) {
                sets.unexpected().add(end.key() + " " + end);
            }
            if (end.effects() > 1) {
                sets.duplicated().add(end.key() + " " + end);
            }
        });
        return sets;
    }
}
