package io.rpaworker.condition;

import io.rpaworker.database.RpaDbPools;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Tells in rpa_db what hinders the flows of this replica, whenever that has changed. One thread tells. */
@Component
public class Conditions {

    private static final String TELL = """
            update worker_instance
            set conditions = cast(:conditions as jsonb), conditions_at = clock_timestamp()
            where id::text = cast(:replica as text)
            """;

    // What another release leaves out is nothing.
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final JdbcClient jdbc;
    private Told told = new Told("", List.of());

    Conditions(@Qualifier(RpaDbPools.CONTROL) JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private record Told(String replica, List<FlowCondition> conditions) {

        boolean isLike(Told other) {
            if (!replica.equals(other.replica) || conditions.size() != other.conditions.size()) {
                return false;
            }
            for (int i = 0; i < conditions.size(); i++) {
                if (!conditions.get(i).isLike(other.conditions.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Tells what hinders flows; asks nothing of rpa_db if that is what was told last.
     *
     * @param replica its identity at this moment
     * @param conditions of all its flows, in the same order each time
     */
    public void tell(String replica, List<FlowCondition> conditions) {
        var now = new Told(
                replica,
                conditions.stream()
                        .filter(it -> it.isHindered() || it.obeys() != null)
                        .toList());
        if (!now.isLike(told)) {
            jdbc.sql(TELL)
                    .param("replica", replica)
                    .param("conditions", JSON.writeValueAsString(now.conditions()))
                    .update();
            told = now;
        }
    }

    /**
     * What a replica has told.
     *
     * @param json of its row
     * @param age how long ago it was told
     * @return the flows that are hindered; null if it says nothing, as one of an older release, or says it in another
     *     way
     */
    public static @Nullable List<FlowCondition> read(@Nullable String json, Duration age) {
        if (json == null) {
            return null;
        }
        try {
            FlowCondition[] told = JSON.readValue(json, FlowCondition[].class);
            return Stream.of(told).anyMatch(Objects::isNull)
                    ? null
                    : Stream.of(told).map(it -> it.after(age)).toList();
        } catch (JacksonException e) {
            return null;
        }
    }
}
