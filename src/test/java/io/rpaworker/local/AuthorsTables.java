package io.rpaworker.local;

import io.rpaworker.migration.MigrationAtStart;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.context.SmartLifecycle;

/**
 * Runs the SQL scripts beside the handlers' jars, in the order of their names: after the worker's own migrations, and
 * before any flow starts. Each statement commits by itself, as in psql.
 */
final class AuthorsTables implements SmartLifecycle {

    private final Path folder;
    private final DataSource rpaDb;
    private volatile boolean made;

    AuthorsTables(Path folder, DataSource rpaDb) {
        this.folder = folder;
        this.rpaDb = rpaDb;
    }

    /** Where the worker looks for handlers' jars. */
    static Path handlers() {
        return Path.of(System.getProperty("rpa.handlers", System.getenv().getOrDefault("RPA_HANDLERS", "handlers")));
    }

    @Override
    public void start() {
        for (Path script : scripts(folder)) {
            run(script);
            System.out.println("tables     " + script + " has been run");
        }
        made = true;
    }

    @Override
    public void stop() {
        made = false;
    }

    @Override
    public boolean isRunning() {
        return made;
    }

    // Of which the migration is started first, being depended upon. The next phase has what brings the worker along.
    @Override
    public int getPhase() {
        return MigrationAtStart.PHASE;
    }

    /** The scripts of a folder; none if it is not there. */
    static List<Path> scripts(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(it -> it.getFileName().toString().endsWith(".sql")
                            && !it.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new LocalRunException(folder + " cannot be read: " + e.getMessage(), "Make it readable.");
        }
    }

    private void run(Path script) {
        String text = read(script);
        int from = 0;
        try (Connection connection = rpaDb.getConnection();
                Statement statement = connection.createStatement()) {
            for (NativeQuery query : Parser.parseJdbcSql(text, true, false, true, false, false)) {
                String sql = query.nativeSql;
                from = Math.max(from, text.indexOf(sql, from));
                statement.execute(sql);
                from += sql.length();
            }
        } catch (SQLException e) {
            throw refusal(script, line(text, from + position(e)), e);
        }
    }

    private static LocalRunException refusal(Path script, long line, SQLException e) {
        return new LocalRunException(
                "%s, line %d: %s".formatted(script, line, e.getMessage()),
                "Correct the script, or take it out of the folder, and start again; this run's rpa_db is gone with it.");
    }

    private static String read(Path script) {
        try {
            return Files.readString(script).replaceFirst("^\uFEFF", "");
        } catch (CharacterCodingException e) {
            throw new LocalRunException(script + " is not in UTF-8.", "Save it in UTF-8.");
        } catch (IOException e) {
            throw new LocalRunException(script + " cannot be read: " + e.getMessage(), "Make it readable.");
        }
    }

    // Where in the statement PostgreSQL sees the fault; its first letter if it does not say.
    private static int position(SQLException e) {
        @Nullable
        ServerErrorMessage message = e instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
        return message == null ? 0 : Math.max(0, message.getPosition() - 1);
    }

    private static long line(String text, int position) {
        String before = text.substring(0, Math.min(position, text.length()));
        return 1 + before.chars().filter(it -> it == '\n').count();
    }
}
