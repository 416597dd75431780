package io.rpaworker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The roles of {@code docs/sql/roles.sql}, with just the rights that it gives them. */
public final class WorkerRole {

    /** Owns the tables. */
    public static final String MIGRATOR = "rpa_migrator";

    /** Works on them. */
    public static final String WORKER = "rpa_worker";

    /** May look. */
    public static final String VIEWER = "rpa_viewer";

    /** May look, and give orders by functions. */
    public static final String OPERATOR = "rpa_operator";

    private static final Path SCRIPT = Path.of("docs/sql/roles.sql");

    private WorkerRole() {}

    /** What is to be done before the first start, and once more when the tables are there. */
    public static void setUp(RpaDb db) {
        // As it is: what asks for parameters would take its colons for some.
        try {
            db.execute(Files.readString(SCRIPT));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
