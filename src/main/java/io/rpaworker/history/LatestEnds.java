package io.rpaworker.history;

import io.rpaworker.database.RpaDbPools;
import java.sql.Types;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Says how long ago records of flows last ended, to the minute, and within the two hours that minutes are kept. */
@Component
public class LatestEnds {

    private static final String LATEST = """
            select s.flow_name::text as flow_name,
                   greatest(0, date_part('epoch', clock_timestamp()) - date_part('epoch', max(s.starts_at)) - 60::double precision) as seconds
            from flow_statistics s
            where s.span::text = 'minute' and s.flow_name::text = any (cast(:flows as text[]))
              and s.completed + s.dead_error + s.dead_timeout + s.dead_rejected + s.dead_payload + s.dead_poison > 0
            group by s.flow_name::text
            """;

    private final JdbcClient jdbc;

    LatestEnds(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** By flow; one of which nothing has ended is absent. */
    public Map<String, Duration> of(Collection<String> flows) {
        var ends = new TreeMap<String, Duration>();
        jdbc.sql(LATEST)
                .param("flows", flows.toArray(String[]::new), Types.ARRAY)
                .query(row -> {
                    ends.put(row.getString("flow_name"), Duration.ofMillis((long) (row.getDouble("seconds") * 1_000)));
                });
        return ends;
    }
}
