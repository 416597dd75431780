package io.rpaworker.lease;

import io.rpaworker.database.RpaDbPools;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says which replicas have not ended, whether or not their leases hold. */
@Component
public class RegisteredInstances {

    private static final String FIND = """
            select id::text,
                   extract(epoch from clock_timestamp() - started_at)::double precision as age,
                   extract(epoch from clock_timestamp() - lease_until)::double precision as overdue
            from worker_instance
            where ended_at is null
            order by lease_until
            limit 1000
            """;

    private final JdbcClient jdbc;

    RegisteredInstances(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A replica that has not ended, as far as anybody knows.
     *
     * @param id its identity
     * @param age since it registered, by PostgreSQL's clock
     * @param overdue since its lease ran out; negative while it holds
     */
    public record Registered(String id, Duration age, Duration overdue) {

        /** Whether its lease holds. */
        public boolean isLive() {
            return overdue.isNegative();
        }
    }

    /** Those whose leases end first; a thousand at most. */
    public List<Registered> find() {
        return jdbc.sql(FIND)
                .query((row, rowNumber) -> new Registered(
                        row.getString("id"),
                        Duration.ofMillis((long) (row.getDouble("age") * 1000)),
                        Duration.ofMillis((long) (row.getDouble("overdue") * 1000))))
                .list();
    }
}
