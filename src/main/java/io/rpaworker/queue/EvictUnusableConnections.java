package io.rpaworker.queue;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.util.Set;

/**
 * Makes HikariCP close connections that it would keep although nothing can be done with them: those to a server that a
 * failover made read-only (25006), whose prepared statements are gone (26000) or whose protocol is out of step (08P01);
 * and those on which the queue is not to be found (42P01) or not to be read (42501), which may be a search path or a
 * role that a handler has set and left. Named in {@code spring.datasource.hikari.exception-override-class-name}.
 */
public class EvictUnusableConnections implements SQLExceptionOverride {

    private static final Set<String> UNUSABLE = Set.of("25006", "26000", "08P01");
    private static final Set<String> ASTRAY = Set.of("42P01", "42501");
    private static final String QUEUE = "processing_queue";

    /** HikariCP makes one for each pool. */
    public EvictUnusableConnections() {}

    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        String state = failure.getSQLState();
        return UNUSABLE.contains(state) || (ASTRAY.contains(state) && isOfQueue(failure))
                ? Override.MUST_EVICT
                : Override.CONTINUE_EVICT;
    }

    // A table that a handler misses is a mistake of the handler's, and none of its connection's.
    private static boolean isOfQueue(SQLException failure) {
        String message = failure.getMessage();
        return message != null && message.contains(QUEUE);
    }
}
