package io.rpaworker.lease;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Seconds;
import io.rpaworker.flow.HandledBy;
import java.time.Duration;
import java.util.Map;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Keeps the row of this process in {@code worker_instance}, over a connection of its own. */
@Component
public class WorkerInstances {

    private static final String REGISTER = """
            insert into worker_instance (id, host, version, lease_until, handlers)
            values (:id, :host, :version, clock_timestamp() + make_interval(secs => :leaseSeconds),
                    cast(:handlers as jsonb))
            """;

    // Asks for a lease that has not run out: once it has, the replica's records may be anybody's.
    private static final String RENEW = """
            update worker_instance
            set lease_until = clock_timestamp() + make_interval(secs => :leaseSeconds)
            where id::text = cast(:id as text) and ended_at is null and lease_until > clock_timestamp()
            """;

    // Who says so is alive, whatever it was taken for: the blame for its death is taken back.
    private static final String END = """
            update worker_instance
            set ended_at = coalesce(ended_at, clock_timestamp()), crashed = false
            where id::text = cast(:id as text)
            """;

    private static final JsonMapper JSON = new JsonMapper();

    private final JdbcClient jdbc;

    WorkerInstances(@Qualifier(RpaDbPools.HEARTBEAT) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Makes a replica known, with its first lease.
     *
     * @param handlers what handles each of its flows, as {@link LiveHandlers} reads it
     */
    public void register(WorkerInstance instance, Duration lease, Map<String, HandledBy> handlers) {
        jdbc.sql(REGISTER)
                .param("id", instance.id())
                .param("host", instance.host())
                .param("version", instance.version())
                .param("leaseSeconds", Seconds.of(lease))
                .param("handlers", JSON.writeValueAsString(handlers))
                .update();
    }

    /**
     * Renews a lease that still holds.
     *
     * @return false if the lease has ended: nothing is changed then, nor ever will be for this replica
     */
    public boolean renew(WorkerInstance instance, Duration lease) {
        return jdbc.sql(RENEW)
                        .param("id", instance.id())
                        .param("leaseSeconds", Seconds.of(lease))
                        .update()
                == 1;
    }

    /**
     * Ends a lease in good order; what the replica still holds is free at once. A lease that others have ended for it
     * stays ended, but no longer counts as a crash.
     */
    public void end(WorkerInstance instance) {
        jdbc.sql(END).param("id", instance.id()).update();
    }
}
