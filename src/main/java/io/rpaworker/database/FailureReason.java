package io.rpaworker.database;

import java.sql.SQLException;

/** Why something failed, in the words of whoever knows best: the database or the driver, not who has wrapped them. */
public final class FailureReason {

    private static final String NO_RIGHT = "42501";

    private FailureReason() {}

    /**
     * One line: the message of the innermost database error, or else the innermost cause, with its SQLSTATE and, for a
     * missing right, where to look it up. Never what the failing rows hold, which comes with an error's detail.
     */
    public static String of(Throwable failure) {
        Throwable cause = failure;
        SQLException innermost = null;
        for (int depth = 0; depth < 32; depth++) {
            innermost = cause instanceof SQLException sql ? sql : innermost;
            Throwable next = cause.getCause();
            if (next == null) {
                break;
            }
            cause = next;
        }
        return innermost == null ? firstLine(cause.toString()) : of(innermost, cause);
    }

    private static String of(SQLException failure, Throwable cause) {
        var reason = new StringBuilder(text(failure));
        if (reason.indexOf(text(cause)) < 0) {
            reason.append(" (%s: %s)".formatted(cause.getClass().getSimpleName(), text(cause)));
        }
        if (failure.getSQLState() != null) {
            reason.append(" [%s]".formatted(failure.getSQLState()));
        }
        if (NO_RIGHT.equals(failure.getSQLState())) {
            reason.append("; docs/dba.md, Roles, says what to grant");
        }
        return reason.toString();
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : firstLine(message);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("").strip();
    }
}
