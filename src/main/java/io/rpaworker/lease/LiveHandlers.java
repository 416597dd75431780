package io.rpaworker.lease;

import io.rpaworker.database.RpaDbPools;
import io.rpaworker.flow.HandledBy;
import io.rpaworker.flow.Partition;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says which handlers live replicas have for which flows. */
@Component
public class LiveHandlers {

    // A replica of a release that did not say comes with neither a flow nor a handler.
    private static final String LIVE = """
            select i.host, i.started_at < now() - interval '10 min' as settled,
                   said.key as flow_name, said.value ->> 'handler'::text as handler,
                   said.value ->> 'jar'::text as jar, said.value ->> 'version'::text as version,
                   said.value -> 'partition'::text ->> 'index'::text as partition_index,
                   said.value -> 'partition'::text ->> 'count'::text as partition_count
            from worker_instance i
            left join lateral pg_catalog.jsonb_each(
                case when pg_catalog.jsonb_typeof(i.handlers) = 'object' then i.handlers end) said on true
            where i.ended_at is null and i.lease_until > clock_timestamp()
              and (said.key is not null or i.handlers is null)
            order by said.key, i.host
            """;

    private final JdbcClient jdbc;

    LiveHandlers(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A flow that a live replica processes.
     *
     * @param host the replica's machine or pod
     * @param settled whether the replica has lived for longer than a rollout takes, ten minutes by PostgreSQL's clock
     * @param flow null, as the handler is, for a replica that does not say what it processes
     */
    public record LiveHandler(
            String host,
            boolean settled,
            @Nullable String flow,
            @Nullable HandledBy handler) {}

    /**
     * Those of all replicas whose lease holds.
     *
     * @return by flow and host; empty if no replica processes anything
     */
    public List<LiveHandler> find() {
        return jdbc.sql(LIVE)
                .query((row, rowNumber) -> {
                    String handler = row.getString("handler");
                    return new LiveHandler(
                            row.getString("host"),
                            row.getBoolean("settled"),
                            row.getString("flow_name"),
                            handler == null
                                    ? null
                                    : new HandledBy(
                                            handler,
                                            row.getString("jar"),
                                            row.getString("version"),
                                            Partition.told(
                                                    row.getString("partition_index"),
                                                    row.getString("partition_count"))));
                })
                .list();
    }
}
