package io.rpaworker.ops.access;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The table of rules: whom each endpoint is for, by its id; and by which of them operators change something. An
 * endpoint that is not here does not answer, whatever is exposed and whatever access is given to it.
 */
final class EndpointRules {

    private static final Map<String, Audience> RULES = new TreeMap<>(Map.ofEntries(
            Map.entry("health", Audience.ANYBODY),
            Map.entry("prometheus", Audience.ANYBODY),
            Map.entry("info", Audience.ANYBODY_UNLESS_CLOSED),
            Map.entry("queue", Audience.ANYBODY_UNLESS_CLOSED),
            Map.entry("queuemonitor", Audience.ANYBODY_UNLESS_CLOSED),
            Map.entry("queuehealth", Audience.ANYBODY_UNLESS_CLOSED),
            Map.entry("diagnostics", Audience.ANYBODY_UNLESS_CLOSED),
            Map.entry("performance", Audience.ANYBODY_UNLESS_CLOSED),
            Map.entry("workers", Audience.ANYBODY_UNLESS_CLOSED),
            Map.entry("flows", Audience.ANYBODY_UNLESS_CLOSED),
            Map.entry("records", Audience.VIEWERS),
            Map.entry("deadletters", Audience.VIEWERS),
            Map.entry("actions", Audience.VIEWERS),
            Map.entry("runs", Audience.VIEWERS),
            Map.entry("maintenance", Audience.VIEWERS)));

    // By POST. What deletes asks for an administrator besides: see ops.action.
    private static final Set<String> ACTING = Set.of("flows", "records", "deadletters", "maintenance", "runs");

    private EndpointRules() {}

    static Set<String> endpoints() {
        return RULES.keySet();
    }

    static Optional<Audience> of(String endpoint) {
        return Optional.ofNullable(RULES.get(endpoint));
    }

    /** Those by which operators change something. */
    static String[] actingEndpoints() {
        return ACTING.toArray(String[]::new);
    }

    static String[] endpointsFor(Audience audience) {
        return RULES.entrySet().stream()
                .filter(it -> it.getValue() == audience)
                .map(Map.Entry::getKey)
                .toArray(String[]::new);
    }
}
