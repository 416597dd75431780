package io.rpaworker.database;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.util.Set;

/**
 * Makes HikariCP close connections that it would keep although nothing can be done with them: those to a server that a
 * failover made read-only (25006), whose prepared statements are gone (26000) or whose protocol is out of step (08P01).
 * Named in {@code spring.datasource.hikari.exception-override-class-name}.
 */
public class EvictUnusableConnections implements SQLExceptionOverride {

    private static final Set<String> UNUSABLE = Set.of("25006", "26000", "08P01");

    /** HikariCP makes one for each pool. */
    public EvictUnusableConnections() {}

    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        return UNUSABLE.contains(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
