package io.rpaworker.handlerjar;

import org.jspecify.annotations.Nullable;

/**
 * Where a flow's handler comes from.
 *
 * @param handler the name of its class
 * @param jar the name of its file in the handlers folder; null for a handler of the worker's own
 * @param version what the jar says of itself; null if it says nothing
 */
public record Origin(
        String handler, @Nullable String jar, @Nullable String version) {

    /** For people: the class, and the jar with its version if there is one. */
    public String text() {
        return jar == null ? handler : "%s of %s%s".formatted(handler, jar, version == null ? "" : " " + version);
    }
}
