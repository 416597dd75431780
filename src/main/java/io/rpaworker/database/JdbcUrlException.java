package io.rpaworker.database;

/** A JDBC URL, or a property of its driver, that no connection can come of. Tells nothing that may be a password. */
final class JdbcUrlException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    JdbcUrlException(String message, String action) {
        super(message);
        this.action = action;
    }

    String action() {
        return action;
    }
}
