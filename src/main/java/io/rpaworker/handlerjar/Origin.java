package io.rpaworker.handlerjar;

import io.rpaworker.handler.FlowHandler;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;

/**
 * Where a flow's handler comes from.
 *
 * @param handler the name of its class
 * @param jar the name of its file in the handlers folder; null for a handler of the worker's own
 * @param version what the jar says of itself; null if it says nothing
 */
public record Origin(
        String handler, @Nullable String jar, @Nullable String version) {

    /** Of a handler that the worker itself has. */
    public static Origin own(FlowHandler<?, ?> handler) {
        return new Origin(AopUtils.getTargetClass(handler).getName(), null, null);
    }

    /** For people: the class, and the jar with its version if there is one. */
    public String text() {
        return jar == null ? handler : "%s of %s%s".formatted(handler, jar, version == null ? "" : " " + version);
    }
}
