package io.rpaworker.ops.diagnosis;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * One thing that is wrong.
 *
 * @param id stable, in kebab-case; docs/diagnosis.md has all of them
 * @param severity how bad it is
 * @param title what is wrong, in one sentence
 * @param evidence the facts; {@code flow_name} if it is about one flow
 * @param whatToDo in a sentence or two, with the command or the SQL
 * @param since when it began; null if nobody knows
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Finding(
        String id,
        Severity severity,
        String title,
        Map<String, Object> evidence,
        String whatToDo,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant since) {

    static final String FLOW = "flow_name";

    /** With one fact more. */
    Finding with(String name, Object value) {
        var more = new LinkedHashMap<>(evidence);
        more.put(name, value);
        return new Finding(id, severity, title, Collections.unmodifiableMap(more), whatToDo, since);
    }

    /** With the time when it began. */
    Finding since(Instant began) {
        return new Finding(id, severity, title, evidence, whatToDo, began);
    }

    /** Whether it is about this flow, or about none in particular. */
    boolean concerns(@Nullable String flow) {
        Object its = evidence.get(FLOW);
        return flow == null || its == null || its.equals(flow);
    }
}
