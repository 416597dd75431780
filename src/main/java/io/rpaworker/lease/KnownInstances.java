package io.rpaworker.lease;

import io.rpaworker.condition.Conditions;
import io.rpaworker.condition.FlowCondition;
import io.rpaworker.database.RpaDbPools;
import io.rpaworker.database.Timestamps;
import io.rpaworker.flow.HandledBy;
import io.rpaworker.flow.Partition;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Says which replicas live, and which have ended of late. */
@Component
public class KnownInstances {

    // - One whose lease has run out has crashed, whether or not another one has found out yet.
    // - Seconds since the epoch, since what is infinite cannot be subtracted before PostgreSQL 17.
    private static final String RECENT = """
            select id, host, version, started_at, ended_at, listening, handlers::text as handlers,
                   conditions::text as conditions,
                   date_part('epoch', clock_timestamp()) - date_part('epoch', conditions_at) as told_seconds,
                   case when ended_at is null and lease_until > clock_timestamp() then 'live'
                        when ended_at is null or crashed then 'crashed'
                        else 'ended' end as state,
                   date_part('epoch', lease_until) - date_part('epoch', clock_timestamp()) as lease_seconds
            from worker_instance
            where coalesce(ended_at, lease_until) > now() - interval '1 hour'
            order by ended_at is null and lease_until > clock_timestamp() desc, started_at desc, id::text
            limit :limit
            """;

    private static final JsonMapper JSON = new JsonMapper();

    private final JdbcClient jdbc;

    KnownInstances(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What has become of a replica. */
    public enum State {
        /** Its lease holds. */
        LIVE,
        /** It has stopped in good order. */
        ENDED,
        /** Its lease has run out. */
        CRASHED
    }

    /**
     * A replica, as its row says.
     *
     * @param leaseEndsInSeconds by PostgreSQL's clock; below zero once it has run out
     * @param endedAt null of one that lives, and of one whose end nobody has found out yet
     * @param listening whether it is told of new records
     * @param handlers by flow; null of a release that does not say
     * @param conditions what hinders its flows, as it has told; null of a release that does not say
     */
    public record KnownInstance(
            String id,
            String host,
            String version,
            Instant startedAt,
            State state,
            double leaseEndsInSeconds,
            @Nullable Instant endedAt,
            boolean listening,
            @Nullable SortedMap<String, HandledBy> handlers,
            @Nullable List<FlowCondition> conditions) {}

    /** Those that live, and those that have ended within the last hour, the youngest of each first. */
    public List<KnownInstance> recent(int limit) {
        return jdbc.sql(RECENT)
                .param("limit", limit)
                .query((row, rowNumber) -> instance(row))
                .list();
    }

    private static KnownInstance instance(ResultSet row) throws SQLException {
        return new KnownInstance(
                row.getString("id"),
                row.getString("host"),
                row.getString("version"),
                Timestamps.of(row, "started_at"),
                State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getDouble("lease_seconds"),
                Timestamps.find(row, "ended_at"),
                row.getBoolean("listening"),
                handlers(row.getString("handlers")),
                Conditions.read(
                        row.getString("conditions"), Duration.ofMillis((long) (row.getDouble("told_seconds") * 1000))));
    }

    // Another release may say it in another way: then it does not say.
    private static @Nullable SortedMap<String, HandledBy> handlers(@Nullable String json) {
        if (json == null) {
            return null;
        }
        var handlers = new TreeMap<String, HandledBy>();
        try {
            JSON.readTree(json)
                    .forEachEntry((flow, said) -> handlers.put(
                            flow,
                            new HandledBy(
                                    said.path("handler").asString(""),
                                    text(said, "jar"),
                                    text(said, "version"),
                                    partition(said.path("partition")))));
        } catch (JacksonException e) {
            return null;
        }
        return handlers;
    }

    private static @Nullable Partition partition(JsonNode said) {
        Partition told = Partition.told(
                said.path("index").asString(null), said.path("count").asString(null));
        return Partition.ALL.equals(told) ? null : told;
    }

    private static @Nullable String text(JsonNode said, String name) {
        return said.path(name).isString() ? said.path(name).asString() : null;
    }
}
