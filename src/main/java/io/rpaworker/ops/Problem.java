package io.rpaworker.ops;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Why a question of an operator's has no answer. Each face tells it in its own way; it is nobody's failure to log. */
public final class Problem extends RuntimeException {

    /** What sort of problem it is, and so what he can do about it. */
    public enum Kind {
        /** What was asked makes no sense: a parameter that does not exist, or a value that it cannot have. */
        INVALID_PARAMETER,
        /** There is no such flow or record. */
        NOT_FOUND,
        /** A record is in a state in which that cannot be done with it. */
        CONFLICT,
        /** He may not see that. */
        FORBIDDEN,
        /** rpa_db does not answer or refuses, or too many ask already; asking again later may help. */
        UNAVAILABLE
    }

    private final Kind kind;
    private final transient Map<String, @Nullable Object> context = new LinkedHashMap<>();

    /** A problem that is about nothing in particular. */
    public Problem(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** The same, with what it is about: {@code flow_name}, {@code record_id}, ... */
    public Problem with(String name, @Nullable Object value) {
        context.put(name, value);
        return this;
    }

    /** What sort of problem it is. */
    public Kind kind() {
        return kind;
    }

    /** What it is about, in the order it was given; empty for nothing in particular. */
    public Map<String, @Nullable Object> context() {
        return Collections.unmodifiableMap(context);
    }
}
