package io.rpaworker.flow;

import io.rpaworker.handlerjar.HandlerBean;
import java.util.List;
import java.util.Set;

/**
 * Names flows that the worker itself has beside those of handlers, for what is done around their records. They are
 * processed as the flow that they belong to is, and are no keys of the configuration.
 */
@FunctionalInterface
public interface BesideFlows {

    /**
     * Those beside the given flows.
     *
     * @param flows all that have a handler
     * @throws io.rpaworker.settings.SettingsException if something is meant to stand beside another one
     */
    List<Beside> of(Set<String> flows);

    /**
     * A flow beside another.
     *
     * @param flow the one that it belongs to
     * @param bean its handler, whose {@code flow()} is its own name
     */
    record Beside(String flow, HandlerBean bean) {}
}
