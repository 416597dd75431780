package io.rpaworker.migration;

import io.rpaworker.database.UnpooledConnections;
import io.rpaworker.text.FailureReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until rpa_db lets the role that migrates connect, for as long as that takes. */
final class DatabaseWait {

    private static final Logger log = LoggerFactory.getLogger(DatabaseWait.class);

    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final int TOLD_AGAIN_AFTER = 60;

    // No such database, a wrong password, a role that may not log in, what a pooler does not take, a driver's property
    // with a value that it cannot have: an outage has others.
    private static final Set<String> OF_SETTINGS = Set.of("3D000", "28P01", "28000", "08P01", "22023");

    private final DataSource dataSource;

    DatabaseWait(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Blocks until a connection has been made.
     *
     * @throws IllegalStateException if the thread is interrupted meanwhile
     */
    void await() {
        String told = null;
        for (int tries = 0; ; tries++) {
            SQLException failure = failureToConnect();
            if (failure == null) {
                if (told != null) {
                    log.info("rpa_db answers");
                }
                return;
            }
            String reason = FailureReason.of(failure);
            if (!reason.equals(told) || tries % TOLD_AGAIN_AFTER == 0) {
                log.warn("{}", text(failure, reason));
                told = reason;
            }
            pause();
        }
    }

    private @Nullable SQLException failureToConnect() {
        try (Connection connection = dataSource.getConnection()) {
            return connection.isValid(0) ? null : new SQLException("The connection does not work");
        } catch (SQLException e) {
            return e;
        }
    }

    private String text(SQLException failure, String reason) {
        boolean ofSettings = OF_SETTINGS.contains(Objects.requireNonNullElse(failure.getSQLState(), ""));
        return "Cannot connect to rpa_db, %s: %s. %sTrying again every %d s"
                .formatted(
                        UnpooledConnections.describe(dataSource),
                        reason,
                        ofSettings ? "That does not pass by itself: correct the setting, or the database. " : "",
                        PAUSE.toSeconds());
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for rpa_db", e);
        }
    }
}
