package io.rpaworker.text;

import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Why something failed, for the log and for health, which anybody may read: never what a row or a payload holds. Of
 * PostgreSQL's errors that is the message and the SQLSTATE, without detail and context; of SQL Server's, whose messages
 * quote values, the number and the state. What a function has raised is its author's text, who may have put a row into
 * it: of that no more than the SQLSTATE and the function's name.
 */
public final class FailureReason {

    private static final String NO_RIGHT = "42501";
    private static final String CONNECTION = "08";
    private static final Pattern STATE = Pattern.compile("[0-9A-Z]{5}");
    private static final String SQL_SERVER = "com.microsoft.sqlserver.";

    // What such an error quotes is the value that was no number or no date, and whatever quotes the server's language
    // has.
    private static final String DATA = "22";
    private static final String QUOTED = "(?s)[\"'«»„“”‘’‚].*[\"'«»„“”‘’‚]";

    // Where in PostgreSQL an error was made: by a language of functions, that is, and in whose words.
    private static final Pattern LANGUAGE = Pattern.compile("(plpy|plperl|pltcl|plv8|pljava|plr|pllua|plsh).*");
    private static final Set<String> RAISING = Set.of("exec_stmt_raise", "exec_stmt_assert");
    private static final Set<String> RAISED = Set.of("P0001", "P0004");
    private static final String EXTERNAL = "38";
    private static final Pattern FUNCTION = Pattern.compile("function ([\\w.\"]+)\\(");

    private FailureReason() {}

    /**
     * One line about what the worker itself has met, in the words of whoever knows best: the message of the innermost
     * database error, or else the innermost cause, with its SQLSTATE and, for a missing right, where to look it up.
     */
    public static String of(Throwable failure) {
        List<Throwable> causes = Causes.of(failure);
        SQLException innermost = innermost(causes);
        Throwable cause = causes.getLast();
        return innermost == null ? firstLine(cause.toString()) : of(innermost, cause);
    }

    /**
     * One line about what code has met that is not the worker's, a handler's or a probe's: its exceptions' classes
     * alone, since their messages may quote a payload; but of a database's error the same as above. Never throws,
     * whatever the exception does.
     */
    public static String ofHandler(Throwable failure) {
        List<Throwable> causes = Causes.of(failure);
        SQLException innermost = innermost(causes);
        String outer = failure.getClass().getName();
        String inner = causes.getLast().getClass().getName();
        String classes = outer.equals(inner) ? outer : outer + ", caused by " + inner;
        if (innermost == null) {
            return classes;
        }
        try {
            return isSaidByDatabase(innermost)
                    ? innermost.getClass().getSimpleName() + ": " + withState(innermost, text(innermost))
                    : withState(innermost, classes);
        } catch (Throwable broken) {
            return classes;
        }
    }

    /** The same as {@link #of} for a script, whose author is to know what it has raised. */
    public static String ofScript(Throwable failure) {
        SQLException innermost = innermost(Causes.of(failure));
        ServerErrorMessage error = innermost == null ? null : serverError(innermost);
        return innermost != null && error != null && isRaised(error)
                ? withState(innermost, firstLine(error.getSeverity() + ": " + error.getMessage()))
                : of(failure);
    }

    // And not by the driver of the value that it was given, nor by somebody who threw the same class.
    private static boolean isSaidByDatabase(SQLException failure) {
        String state = Objects.requireNonNullElse(failure.getSQLState(), "");
        boolean drivers = isSqlServers(failure) || failure instanceof PSQLException;
        return isNumbered(failure) || serverError(failure) != null || (drivers && state.startsWith(CONNECTION));
    }

    private static String of(SQLException failure, Throwable cause) {
        var reason = new StringBuilder(text(failure));
        if (reason.indexOf(text(cause)) < 0) {
            reason.append(" (%s: %s)".formatted(cause.getClass().getSimpleName(), text(cause)));
        }
        return withState(failure, reason.toString());
    }

    private static String withState(SQLException failure, String reason) {
        String state = failure.getSQLState();
        boolean told = state != null && STATE.matcher(state).matches() && !isNumbered(failure);
        return reason
                + (told ? " [%s]".formatted(state) : "")
                + (NO_RIGHT.equals(state) ? "; docs/dba.md, Roles, says what to grant" : "");
    }

    private static String text(Throwable failure) {
        if (failure instanceof SQLException sql && isNumbered(sql)) {
            return "SQL Server's error %d, state %s".formatted(sql.getErrorCode(), sql.getSQLState());
        }
        ServerErrorMessage error = serverError(failure);
        if (error != null && isRaised(error)) {
            return Objects.requireNonNullElse(error.getSeverity(), "ERROR") + ": raised by " + function(error);
        }
        String message = error == null
                ? failure.getMessage()
                : Objects.requireNonNullElse(error.getSeverity(), "ERROR") + ": " + error.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        boolean quotesValue = failure instanceof SQLException sql
                && sql.getSQLState() != null
                && sql.getSQLState().startsWith(DATA);
        return firstLine(quotesValue ? message.replaceFirst(QUOTED, "\"…\"") : message);
    }

    // PL/pgSQL says much itself, of a function that does not compile or that returns nothing: that is told.
    private static boolean isRaised(ServerErrorMessage error) {
        String state = Objects.requireNonNullElse(error.getSQLState(), "");
        String file = Objects.requireNonNullElse(error.getFile(), "");
        return RAISED.contains(state)
                || state.startsWith(EXTERNAL)
                || RAISING.contains(Objects.requireNonNullElse(error.getRoutine(), ""))
                || LANGUAGE.matcher(file).matches();
    }

    // The innermost stands first, and is called so in English only.
    private static String function(ServerErrorMessage error) {
        Matcher found = FUNCTION.matcher(Objects.requireNonNullElse(error.getWhere(), ""));
        return found.find() ? "function " + found.group(1) : "a function";
    }

    private static @Nullable ServerErrorMessage serverError(Throwable failure) {
        return failure instanceof PSQLException error ? error.getServerErrorMessage() : null;
    }

    private static boolean isSqlServers(SQLException failure) {
        return failure.getClass().getName().startsWith(SQL_SERVER);
    }

    // What the server says has a number; what its driver says has none.
    private static boolean isNumbered(SQLException failure) {
        return isSqlServers(failure) && failure.getErrorCode() != 0;
    }

    private static @Nullable SQLException innermost(List<Throwable> causes) {
        return causes.reversed().stream()
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .findFirst()
                .orElse(null);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("").strip();
    }
}
