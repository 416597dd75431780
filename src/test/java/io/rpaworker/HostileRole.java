package io.rpaworker;

import io.rpaworker.HijackTests.Statement;
import io.rpaworker.testing.RpaDb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A role that may create objects in the worker's schema, and does. */
final class HostileRole {

    private static final String USED = """
            select pg_describe_object(d.refclassid, d.refobjid, 0)
            from pg_depend d
            where d.classid = 'pg_proc'::regclass and d.objid = cast(:function as regproc)
              and (exists (select from pg_proc p
                           where d.refclassid = 'pg_proc'::regclass and p.oid = d.refobjid
                             and p.proowner = 'hostile'::regrole)
                  or exists (select from pg_operator o
                             where d.refclassid = 'pg_operator'::regclass and o.oid = d.refobjid
                               and o.oprowner = 'hostile'::regrole))
            """;

    private final JdbcClient worker;

    // Does not see the schema, so that what is asked there means what it says.
    private final JdbcClient watching;

    HostileRole(RpaDb db) {
        this.worker = over(db.url());
        this.watching = over(db.url() + "?currentSchema=pg_catalog");
        watching.sql("create schema probes").update();
        watching.sql("create table probes.statement (statement text)").update();
        // Roles are the server's.
        watching.sql("do $$ begin create role hostile; exception when duplicate_object then null; end $$")
                .update();
    }

    /** Creates what might be taken for something in these statements. */
    void come(List<Statement> statements) throws IOException {
        for (Statement statement : statements) {
            watching.sql("insert into probes.statement values (:sql)")
                    .param("sql", statement.sql())
                    .update();
        }
        watching.sql(new ClassPathResource("hostile-role.sql").getContentAsString(StandardCharsets.UTF_8))
                .update();
    }

    /**
     * What a statement would use of it.
     *
     * @return also an error, which comes where PostgreSQL finds two that fit, or takes a function for an aggregate
     */
    List<String> hijacked(Statement statement) {
        try {
            worker.sql(statement.asFunction()).update();
        } catch (DataAccessException e) {
            return List.of(String.valueOf(e.getMostSpecificCause().getMessage()));
        }
        List<String> used = watching.sql(USED)
                .param("function", statement.name())
                .query(String.class)
                .list();
        watching.sql("drop function " + statement.name()).update();
        return used;
    }

    // One connection each, since PostgreSQL has to get to know thousands of objects on every new one.
    private static JdbcClient over(String url) {
        return JdbcClient.create(new SingleConnectionDataSource(url, "postgres", "", true));
    }
}
