package io.rpaworker.handlerjar;

import java.util.Map;

/** What a handler's jar may have injected of the worker. */
@FunctionalInterface
public interface WorkerBeans {

    /**
     * The beans by their names, for one jar: what a jar could set of one is a copy of its own. They stay the worker's:
     * no jar starts, closes or replaces one.
     */
    Map<String, Object> byName();
}
