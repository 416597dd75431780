package io.rpaworker.handlerjar;

import java.util.Map;

/** What a handler's jar may have injected of the worker. */
@FunctionalInterface
public interface WorkerBeans {

    /** The beans by their names. They stay the worker's: no jar starts, closes or replaces one. */
    Map<String, Object> byName();
}
