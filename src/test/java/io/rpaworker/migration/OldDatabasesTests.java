package io.rpaworker.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rpaworker.migration.OldDatabase.Shape;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerRole;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Old databases with whatever may depend on their table: adopted without a change to a record, or refused untouched.
 */
class OldDatabasesTests {

    private static final List<String> NO_INDEX = List.of();

    // Of its definition, so that what is refused can be seen to be as it was.
    private static final String EVERYTHING = """
            select string_agg(thing, E'\\n' order by thing)
            from (
                select format('%s %s %s %s', c.relkind, c.oid::regclass, c.relowner::regrole, c.relacl) as thing
                from pg_class c where c.relnamespace = 'public'::regnamespace
                union all
                select format('%s.%s %s', a.attrelid::regclass, a.attname, a.atttypid::regtype)
                from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relnamespace = 'public'::regnamespace
                where a.attnum > 0
                union all
                select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'public'::regnamespace
                union all
                select pg_get_triggerdef(t.oid) from pg_trigger t where not t.tgisinternal
            ) things
            """;

    private final RpaDb db = Postgres.empty();

    /** What was built on the table; and where it is refused, what the refusal says of it and what is to be done. */
    record Case(String name, Shape shape, List<String> indexes, String sql, String refusal) {

        static Case adopted(String name, Shape shape, List<String> indexes, String sql) {
            return new Case(name, shape, indexes, sql, "");
        }

        static Case adopted(String name, String sql) {
            return adopted(name, Shape.MIGRATED, OldDatabase.NINE, sql);
        }

        static Case refused(String name, String sql, String refusal) {
            return new Case(name, Shape.MIGRATED, OldDatabase.NINE, sql, refusal);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> adopted() {
        return Stream.of(
                Case.adopted("the nine indexes", ""),
                Case.adopted("migrated, no index", Shape.MIGRATED, NO_INDEX, ""),
                Case.adopted("documented, the six", Shape.DOCUMENTED, OldDatabase.SIX, ""),
                Case.adopted("documented, no index", Shape.DOCUMENTED, NO_INDEX, ""),
                Case.adopted("three of the nine", Shape.MIGRATED, OldDatabase.NINE.subList(5, 8), ""),
                Case.adopted("both sets", Shape.DOCUMENTED, both(), ""),
                Case.adopted("nulls where they were allowed", Shape.DOCUMENTED, OldDatabase.SIX, """
                        update processing_queue set status = null, retry_count = null where id % 10 = 5
                        """),
                Case.adopted(
                        "a report's view",
                        "create view by_day as select date_trunc('day', created_at) as day, status,"
                                + " count(*) from processing_queue group by 1, 2"),
                Case.adopted(
                        "a view of everything",
                        "create view everything with (security_barrier) as" + " select * from processing_queue"),
                Case.adopted(
                        "a view of no time",
                        "create view n as select flow_name, count(*) from processing_queue group by 1"),
                Case.adopted("views of views", """
                        create view one as select id, created_at from processing_queue;
                        create view two as select a.id, b.created_at from one a join processing_queue b using (id);
                        create view three as select one.*, two.created_at as again from two join one using (id)
                        """),
                Case.adopted(
                        "a view in another schema",
                        "create schema reports;"
                                + " create view reports.ids as select max(id) as last from public.processing_queue"),
                Case.adopted(
                        "a foreign key from an integer",
                        "create table audit (record int references processing_queue);"
                                + " insert into audit select id from processing_queue"),
                Case.adopted("an identity", """
                        alter table processing_queue alter column id drop default;
                        alter table processing_queue alter column id add generated by default as identity (start with 1000)
                        """),
                Case.adopted("a sequence that nothing owns", """
                        create sequence ids start with 1000;
                        alter table processing_queue alter column id set default nextval('ids')
                        """),
                Case.adopted("a bigint and times with a zone", """
                        alter table processing_queue alter column id type bigint,
                            alter column claimed_at type timestamptz using claimed_at at time zone 'UTC',
                            alter column completed_at type timestamptz using completed_at at time zone 'UTC',
                            alter column created_at type timestamptz using created_at at time zone 'UTC',
                            alter column updated_at type timestamptz using updated_at at time zone 'UTC'
                        """),
                Case.adopted("a wider check", """
                        alter table processing_queue drop constraint processing_queue_status_check;
                        alter table processing_queue add check (status in
                            ('pending', 'processing', 'completed', 'failed', 'skipped', 'archived'));
                        update processing_queue set status = 'skipped' where id % 10 = 7
                        """),
                Case.adopted(
                        "no check at all",
                        "alter table processing_queue drop constraint processing_queue_status_check"),
                Case.adopted("a check on times", "alter table processing_queue add check (updated_at >= created_at)"),
                Case.adopted(
                        "extended statistics", "create statistics s on flow_name, created_at from processing_queue"),
                Case.adopted(
                        "an index that a completion does not change",
                        "create index mine on processing_queue (flow_name, id)"),
                Case.adopted(
                        "a column of somebody's own",
                        "alter table processing_queue add tenant text not null default 'a'"),
                Case.adopted("a trigger after an insert", """
                        create function nothing() returns trigger language plpgsql as $$ begin return null; end $$;
                        create trigger theirs after insert on processing_queue for each row execute function nothing()
                        """),
                Case.adopted("a policy on a flow", "create policy p on processing_queue using (flow_name <> 'secret')"),
                Case.adopted(
                        "a publication of the whole table", "create publication all_of_it for table processing_queue"),
                Case.adopted(
                        "a function that is text",
                        "create function f() returns bigint language sql as"
                                + " 'select max(id) from processing_queue'"));
    }

    static Stream<Case> refused() {
        return Stream.of(
                Case.refused(
                        "a materialized view",
                        "create materialized view m as select id, created_at from processing_queue",
                        "drop materialized view m;"),
                Case.refused("one on a view", """
                        create view v as select id from processing_queue;
                        create materialized view m as select * from v
                        """, "drop materialized view m;"),
                Case.refused(
                        "a policy on a time",
                        "create policy p on processing_queue using (created_at > '2000-01-01')",
                        "drop policy p on processing_queue;"),
                Case.refused("a trigger on a time", """
                        create function same() returns trigger language plpgsql as $$ begin return new; end $$;
                        create trigger t before update of completed_at on processing_queue for each row execute function same()
                        """, "drop trigger t on processing_queue;"),
                Case.refused("a trigger when a time", """
                        create function same() returns trigger language plpgsql as $$ begin return new; end $$;
                        create trigger t before update on processing_queue for each row when (new.completed_at is not null)
                            execute function same()
                        """, "drop trigger t on processing_queue;"),
                Case.refused("a function with a body", """
                        create function f() returns bigint language sql begin atomic select max(id) from processing_queue; end
                        """, "drop function f();"),
                Case.refused(
                        "a generated column",
                        "alter table processing_queue add day date" + " generated always as (created_at::date) stored",
                        "alter table processing_queue drop column day;"),
                Case.refused(
                        "an index that reckons",
                        "create index mine on processing_queue (date(created_at))",
                        "drop index mine;"),
                Case.refused(
                        "an index on the completion",
                        "create index mine on processing_queue (completed_at)",
                        "drop index mine;"),
                Case.refused(
                        "an index on the payload",
                        "create index mine on processing_queue using gin (payload)",
                        "drop index mine;"),
                Case.refused(
                        "an index where the status",
                        "create index mine on processing_queue (id) where status = 'failed'",
                        "drop index mine;"),
                Case.refused(
                        "an index that includes one",
                        "create index mine on processing_queue (id) include (status)",
                        "drop index mine;"),
                Case.refused(
                        "a unique payload",
                        "create unique index mine on processing_queue (flow_name, (payload ->> 'survey_id'))",
                        "record_key"),
                Case.refused("an index on a column that is generated", """
                        alter table processing_queue add survey text generated always as (payload ->> 'survey_id') stored;
                        create index mine on processing_queue (survey)
                        """, "drop index mine;"),
                Case.refused(
                        "a rule",
                        "create rule r as on delete to processing_queue do also select 1",
                        "drop rule r on public.processing_queue;"),
                Case.refused(
                        "a column of ours",
                        "alter table processing_queue add run_id int",
                        "alter table public.processing_queue rename column run_id to old_run_id;"),
                Case.refused(
                        "a table of ours",
                        "create table worker_instance (id int)",
                        "alter table public.worker_instance rename to old_worker_instance;"),
                Case.refused(
                        "a function of ours",
                        "create function records_beyond() returns int language sql as 'select 1'",
                        "alter function records_beyond() rename to old_records_beyond;"),
                Case.refused(
                        "a child table",
                        "create table child () inherits (processing_queue)",
                        "alter table child no inherit processing_queue;"),
                Case.refused(
                        "an unlogged table",
                        "alter table processing_queue set unlogged",
                        "alter table public.processing_queue set logged;"),
                Case.refused(
                        "no primary key",
                        "alter table processing_queue drop constraint processing_queue_pkey",
                        "alter table public.processing_queue add primary key (id);"),
                Case.refused(
                        "json instead of jsonb",
                        "alter table processing_queue alter column payload type json",
                        "alter table public.processing_queue alter column payload type jsonb using payload::jsonb;"),
                Case.refused(
                        "no column for the error",
                        "alter table processing_queue drop column error_message",
                        "alter table public.processing_queue add column error_message text;"),
                Case.refused(
                        "a row of it elsewhere",
                        "create table elsewhere (record processing_queue)",
                        "alter table elsewhere drop column record;"),
                Case.refused("a view that calls a function of theirs", """
                        create function age_of(timestamp) returns interval language sql as 'select now() - $1';
                        create view v as select age_of(created_at) as age from processing_queue
                        """, "drop view public.v;"),
                Case.refused("a view that can be written to", """
                        create view v as select id from processing_queue;
                        create function nothing() returns trigger language plpgsql as $$ begin return null; end $$;
                        create trigger t instead of insert on v for each row execute function nothing()
                        """, "drop view public.v;"),
                Case.refused("a view with a default", """
                        create view v as select id, created_at from processing_queue;
                        alter view v alter column created_at set default now()
                        """, "drop view public.v;"));
    }

    @ParameterizedTest
    @MethodSource
    void adopted(Case it) {
        OldDatabase old = OldDatabase.in(db, it.shape(), it.indexes());
        run(old, it.sql());
        String before = old.digest();

        Postgres.migrate(db.url());

        assertThat(old.digest()).isEqualTo(before);
        // Every column that is indexed, or asked for by an index.
        assertThat(db.jdbc().sql("""
                        select pg_get_indexdef(indexrelid) from pg_index
                        where indrelid = 'processing_queue'::regclass
                          and pg_get_indexdef(indexrelid) ~ '\\m(status|completed_at|updated_at|payload|error_message)\\M'
                        """).query(String.class).list()).isEmpty();
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload) values ('f', '{}')")
                .update();
        db.jdbc()
                .sql("update processing_queue set status = 'completed' where flow_name = 'f'")
                .update();
        assertThat(db.count("f", "completed")).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource
    void refused(Case it) {
        OldDatabase old = OldDatabase.in(db, it.shape(), it.indexes());
        run(old, it.sql());
        String before = everything();

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> Postgres.migrate(db.url()))
                .satisfies(refusal -> assertThat(refusal.findings())
                        .allMatch(Finding::isRefused)
                        .anySatisfy(finding -> assertThat(finding.advice()).contains(it.refusal())));
        assertThat(everything()).isEqualTo(before);
    }

    /** What is refused says how to get it out of the way: whoever does so is adopted. */
    @ParameterizedTest
    @MethodSource("refused")
    void isAdoptedOnceItIsOutOfTheWay(Case it) {
        OldDatabase old = OldDatabase.in(db, it.shape(), it.indexes());
        run(old, it.sql());
        for (Finding finding : refusedFindings()) {
            for (String statement : statements(finding.advice())) {
                db.jdbc()
                        .sql("do $do$ begin execute $x$" + statement
                                + "$x$; exception when undefined_object or undefined_table"
                                + " or undefined_function or undefined_column then null; end $do$")
                        .update();
            }
        }
        String before = old.digest();

        Postgres.migrate(db.url());

        assertThat(old.digest()).isEqualTo(before);
    }

    @Test
    void aPublicationWithAFilterIsRefused() {
        assumeTrue(Postgres.majorVersion() >= 15, "has no filters");
        OldDatabase.in(db, Shape.MIGRATED, NO_INDEX)
                .run("create publication part for table processing_queue where (id > 3)");

        assertThat(refusedFindings())
                .singleElement()
                .satisfies(
                        it -> assertThat(it.advice()).contains("alter publication part drop table processing_queue;"));
    }

    @Test
    void anEncodingThatIsNotUtf8IsRefused() {
        RpaDb ascii = Postgres.empty("SQL_ASCII");

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> Postgres.migrate(ascii.url()))
                .withMessageContaining("The database's encoding is SQL_ASCII");
    }

    // On any database, adopted or not: it would be called in the worker's name.
    @Test
    void anOperatorThatStandsInForPostgresqlsIsRefused() {
        Postgres.migrate(db.url());
        var session = JdbcClient.create(new SingleConnectionDataSource(db.url(), "postgres", "", true));
        for (String sql : List.of(
                "do $$ begin create role stranger; exception when duplicate_object then null; end $$",
                "grant create on schema public to stranger",
                "set role stranger",
                "create function evil(varchar, varchar) returns boolean language sql as 'select true'",
                "create operator = (leftarg = varchar, rightarg = varchar, function = evil)",
                "create function format(text, bigint) returns text language sql as 'select $1'")) {
            session.sql(sql).update();
        }

        assertThat(refusedFindings())
                .extracting(Finding::advice)
                .containsExactlyInAnyOrder(
                        "drop operator =(character varying,character varying);", "drop function format(text,bigint);");
    }

    // The converter of documents kept a table of this name, mostly elsewhere.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table processing_log (log_id int)",
                "create table t (n int); create index processing_log_record on t (n)"
            })
    void aLogOfSomebodysOwnIsRefusedAndLeftAlone(String sql) {
        OldDatabase.in(db, Shape.MIGRATED, NO_INDEX).run(sql);

        assertThat(refusedFindings())
                .singleElement()
                .satisfies(it -> assertThat(it.finding()).contains("processing_log", "has the name of one of ours"));
    }

    @Test
    void soItIsWhereTheQueueIsAdoptedAlready() {
        Postgres.migrate(db.url());
        assertThat(refusedFindings()).isEmpty();

        // As it is before this version's first start.
        db.execute("drop table processing_log; create table processing_log (log_id int)");

        assertThat(refusedFindings())
                .singleElement()
                .satisfies(it -> assertThat(it.advice()).contains("alter table public.processing_log rename to"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table flow_control (flow text)",
                "create table record_cancellation (id int)",
                "create function rpa_pause(text) returns void language sql as 'select'"
            })
    void soAreTheNamesByWhichOperatorsGiveOrders(String sql) {
        OldDatabase.in(db, Shape.MIGRATED, NO_INDEX).run(sql);

        assertThat(refusedFindings())
                .singleElement()
                .satisfies(it -> assertThat(it.finding()).contains("has the name of one of ours"));
    }

    @Test
    void soAreTheyWhereTheQueueIsAdoptedAlready() {
        Postgres.migrate(db.url());
        db.execute("drop table flow_control, record_cancellation; create table flow_control (flow text);"
                + " create table record_cancellation (id int)");

        // And the functions, which came with that table.
        assertThat(refusedFindings()).hasSize(2 + 10);
    }

    @Test
    void allThatIsInTheWayIsListedAtOnce() {
        OldDatabase old = OldDatabase.in(db, Shape.MIGRATED, OldDatabase.NINE);
        refused()
                .filter(it -> !it.name().contains("table")
                        && !it.name().contains("key")
                        && !it.name().contains("json"))
                .filter(it -> List.of("a materialized view", "a rule", "a column of ours", "an index on the payload")
                        .contains(it.name()))
                .forEach(it -> run(old, it.sql()));

        assertThat(refusedFindings()).hasSize(4);
    }

    @Test
    void aViewIsMadeAgainWithAllThatItHad() {
        OldDatabase old = OldDatabase.in(db, Shape.MIGRATED, OldDatabase.NINE);
        for (String role : List.of("reporter", "reader")) {
            old.run("do $$ begin create role " + role + "; exception when duplicate_object then null; end $$");
        }
        run(old, """
                create view report with (security_barrier) as select id, status, created_at from processing_queue where id > 3;
                alter view report owner to reporter;
                comment on view report is 'the head''s';
                comment on column report.id is 'which';
                grant select on report to reader with grant option;
                grant update (status) on report to public;
                revoke delete on report from reporter
                """);
        String before = report();

        Postgres.migrate(db.url());

        assertThat(report()).isEqualTo(before);
    }

    // A superuser may do all that; who migrates mostly is none.
    @Test
    void aViewThatTheMigratorMayNotMakeAgainIsRefused() {
        WorkerRole.setUp(db);
        OldDatabase old = OldDatabase.in(db, Shape.MIGRATED, NO_INDEX);
        old.run("do $$ begin create role reporter; exception when duplicate_object then null; end $$");
        run(old, """
                create view report as select id, created_at from processing_queue;
                alter view report owner to reporter;
                create schema elsewhere;
                create view elsewhere.mine as select id from processing_queue;
                alter view elsewhere.mine owner to rpa_migrator;
                grant reporter to rpa_migrator
                """);
        WorkerRole.setUp(db);

        assertThat(refusedFor(WorkerRole.MIGRATOR))
                .extracting(Finding::finding)
                .containsExactly(
                        "View elsewhere.mine belongs to role rpa_migrator, and role rpa_migrator may not make it again",
                        "View public.report belongs to role reporter, and role rpa_migrator may not make it again");

        run(old, "grant create on schema public to reporter; grant create, usage on schema elsewhere to rpa_migrator");

        assertThat(refusedFor(WorkerRole.MIGRATOR)).isEmpty();
        Postgres.migrateAsMigrator(db);
        assertThat(db.jdbc()
                        .sql(
                                "select viewname || ' of ' || viewowner from pg_views where definition like '%processing_queue%'")
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrder("report of reporter", "mine of rpa_migrator");
        old.run("revoke reporter from rpa_migrator");
    }

    @Test
    void aStatusOfSomebodysOwnIsLeftAloneAndCanBeChanged() {
        OldDatabase old = OldDatabase.in(db, Shape.MIGRATED, OldDatabase.NINE);
        run(
                old,
                "alter table processing_queue drop constraint processing_queue_status_check;"
                        + " update processing_queue set status = 'skipped' where id in (1, 2, 3, 4)");

        Postgres.migrate(db.url());

        db.jdbc()
                .sql("update processing_queue set error_message = 'x' where id = 1")
                .update();
        db.jdbc()
                .sql("update processing_queue set status = 'pending' where id = 2")
                .update();
        db.jdbc()
                .sql("update processing_queue set status = 'failed' where id = 3")
                .update();
        db.jdbc()
                .sql("update processing_queue set status = 'archived' where status = 'completed' and id < 10")
                .update();
        assertThat(db.status(1)).isEqualTo("skipped");
        assertThat(db.column(2, "claimed_at is null and claim_id is null", Boolean.class))
                .isTrue();
        assertThat(db.column(
                        3,
                        "failed_at is not null and claim_id = '00000000-0000-0000-0000-000000000000'",
                        Boolean.class))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp", "timestamptz"})
    void aDateThatIsMissingIsNowWhateverTheZone(String type) {
        db.jdbc()
                .sql("alter database " + db.url().substring(db.url().lastIndexOf('/') + 1)
                        + " set timezone = 'America/New_York'")
                .update();
        OldDatabase old = OldDatabase.in(db, Shape.DOCUMENTED, NO_INDEX);
        old.run("alter table processing_queue alter column created_at type " + type);
        old.run(
                "update processing_queue set created_at = null, updated_at = null, claimed_at = null, completed_at = null"
                        + " where id <= 5");

        Postgres.migrate(db.url());

        assertThat(db.jdbc().sql("""
                        select count(*) from processing_queue
                        where id <= 5 and greatest(created_at, updated_at) - now() < interval '1 minute'
                          and now() - least(created_at, updated_at, available_at, claimed_at) < interval '1 minute'
                          and (status = 'pending') = (claimed_at is null)
                        """).query(Integer.class).single()).isEqualTo(5);
    }

    @Test
    void whatWasThereBeforeIsKnown() {
        OldDatabase.in(db, Shape.MIGRATED, OldDatabase.NINE);

        Postgres.migrate(db.url());

        assertThat(db.jdbc()
                        .sql("select last_id from adoption")
                        .query(Long.class)
                        .list())
                .containsExactly(60L);
    }

    private List<Finding> refusedFor(String role) {
        var connection = new SingleConnectionDataSource(db.url(), role, "", true);
        try {
            return new Preflight(JdbcClient.create(connection))
                    .catalogs().stream().filter(Finding::isRefused).toList();
        } finally {
            connection.destroy();
        }
    }

    private List<Finding> refusedFindings() {
        return new Preflight(db.jdbc())
                .catalogs().stream().filter(Finding::isRefused).toList();
    }

    private String everything() {
        return db.jdbc().sql(EVERYTHING).query(String.class).single();
    }

    private String report() {
        return db.jdbc().sql("""
                        select concat_ws(E'\\n', pg_get_viewdef(c.oid), c.relowner::regrole, c.reloptions,
                            (select string_agg(a::text, ' ' order by a::text) from unnest(c.relacl) a),
                            obj_description(c.oid), col_description(c.oid, 1),
                            (select string_agg(a.attname || ' ' || a.attacl::text, ' ') from pg_attribute a
                             where a.attrelid = c.oid and a.attacl is not null))
                        from pg_class c where c.relname = 'report'
                        """).query(String.class).single();
    }

    private static void run(OldDatabase old, String sql) {
        if (!sql.isBlank()) {
            old.run(sql);
        }
    }

    // A statement ends with a semicolon and begins in lower case.
    private static List<String> statements(String advice) {
        return Pattern.compile("\\b(alter|drop) [^;]*;")
                .matcher(advice)
                .results()
                .map(it -> it.group().substring(0, it.group().length() - 1))
                .toList();
    }

    private static List<String> both() {
        var both = new ArrayList<>(OldDatabase.NINE);
        both.addAll(OldDatabase.SIX);
        return both;
    }
}
