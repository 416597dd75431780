package io.rpaworker.database;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What PostgreSQL's errors tell of the rows that they are about: besides the message the driver gives the DETAIL, which
 * quotes a row or a key, the CONTEXT, and of a batch all values. None of it is to be kept; Spring's exceptions repeat
 * it.
 */
public final class RowValues {

    // Of a message that somebody has copied from an error that is not among the causes.
    private static final Pattern DETAIL = Pattern.compile("\\R {2}Detail: .*", Pattern.DOTALL);

    private final Map<String, String> replacements = new LinkedHashMap<>();

    private RowValues() {}

    /** Of an error, given with its causes. */
    public static RowValues of(List<Throwable> causes) {
        var values = new RowValues();
        causes.forEach(values::look);
        return values;
    }

    private void look(Throwable cause) {
        try {
            String message = cause.getMessage();
            if (cause instanceof BatchUpdateException batch && message != null) {
                SQLException next = batch.getNextException();
                serverError(next == null ? batch.getCause() : next)
                        .ifPresent(it -> replacements.put(message, "A batch was aborted: " + brief(it)));
            }
            serverError(cause).ifPresent(it -> replacements.put(it.toString(), brief(it)));
        } catch (Throwable broken) {
            // Then it is none of the driver's.
        }
    }

    private static Optional<ServerErrorMessage> serverError(@Nullable Throwable cause) {
        return cause instanceof PSQLException error
                ? Optional.ofNullable(error.getServerErrorMessage())
                : Optional.empty();
    }

    // As the driver begins it.
    private static String brief(ServerErrorMessage error) {
        return Objects.requireNonNullElse(error.getSeverity(), "ERROR") + ": " + error.getMessage();
    }

    /** The message of one of the causes without them; the constraint's name stays. */
    public String leaveOut(String message) {
        String left = message;
        for (var it : replacements.entrySet()) {
            left = left.replace(it.getKey(), it.getValue());
        }
        return DETAIL.matcher(left).replaceFirst("");
    }
}
