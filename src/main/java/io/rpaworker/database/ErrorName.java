package io.rpaworker.database;

import io.rpaworker.text.Causes;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a person looks for when a statement has failed; never what the failing rows hold, as an error's text may. */
public final class ErrorName {

    // Of the trigger that has raised the error, for instance.
    private static final Pattern FUNCTION = Pattern.compile("function (\\w+)\\(");

    private ErrorName() {}

    /** The constraint in the way, or else the SQLSTATE and the function that has raised it, or else the class. */
    public static String of(Throwable failure) {
        return Causes.of(failure).stream()
                .filter(SQLException.class::isInstance)
                .findFirst()
                .map(sql -> of((SQLException) sql))
                .orElse(failure.getClass().getSimpleName());
    }

    private static String of(SQLException failure) {
        ServerErrorMessage message = failure instanceof PSQLException error ? error.getServerErrorMessage() : null;
        if (message != null && message.getConstraint() != null) {
            return "constraint " + message.getConstraint();
        }
        return "SQLSTATE " + failure.getSQLState() + function(message == null ? null : message.getWhere());
    }

    private static String function(@Nullable String where) {
        Matcher function = FUNCTION.matcher(where == null ? "" : where);
        return function.find() ? " in " + function.group(1) : "";
    }
}
