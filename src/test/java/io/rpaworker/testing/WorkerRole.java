package io.rpaworker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The roles of docs/dba.md, with just the rights that it gives them. */
public final class WorkerRole {

    /** Owns the tables. */
    public static final String MIGRATOR = "rpa_migrator";

    /** Works on them. */
    public static final String WORKER = "rpa_worker";

    private static final Pattern SQL = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL);

    private WorkerRole() {}

    /** What is to be done before the first start. Roles are the server's: other tests may have made them. */
    public static void create(RpaDb db) {
        for (String role : new String[] {MIGRATOR, WORKER}) {
            db.jdbc()
                    .sql("do $$ begin create role " + role + " login;"
                            + " exception when duplicate_object then null; end $$")
                    .update();
        }
        run(db, "grant usage, create on schema");
    }

    /** What is to be done once the tables are there. */
    public static void grant(RpaDb db) {
        run(db, "grant select, insert");
    }

    private static void run(RpaDb db, String start) {
        try {
            String block = SQL.matcher(Files.readString(Path.of("docs/dba.md")))
                    .results()
                    .map(it -> it.group(1))
                    .filter(it -> it.contains(start))
                    .findFirst()
                    .orElseThrow();
            for (String statement : block.split(";", -1)) {
                // The roles are there already.
                if (!statement.isBlank() && !statement.contains("create role")) {
                    db.jdbc().sql(statement).update();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
