package io.rpaworker.flow;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What handles a flow on a replica.
 *
 * @param handler the name of its class
 * @param jar the file that it comes in; null for a handler of the worker's own
 * @param version what that jar says of itself; null if it says nothing
 * @param partition the share of the flow's records that the replica takes; null where that is not told
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HandledBy(
        String handler,
        @Nullable String jar,
        @Nullable String version,
        @Nullable Partition partition) {

    /** The same with a share. */
    HandledBy of(Partition share) {
        return new HandledBy(handler, jar, version, share);
    }

    /** For people: the class, and the jar with its version if there is one. */
    public String text() {
        return jar == null ? handler : "%s of %s%s".formatted(handler, jar, version == null ? "" : " " + version);
    }
}
