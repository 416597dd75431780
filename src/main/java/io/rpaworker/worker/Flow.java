package io.rpaworker.worker;

import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Source;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;

/**
 * An enabled flow: its handler, and how it is processed.
 *
 * @param name as in {@code processing_queue.flow_name}
 * @param handler the only one of this flow
 * @param decoder makes the handler's payload
 * @param settings what the configuration says
 * @param sources what the handler reads besides rpa_db
 */
record Flow<P, R extends @Nullable Object>(
        String name,
        FlowHandler<P, R> handler,
        PayloadDecoder<P> decoder,
        FlowSettings settings,
        List<Source> sources) {

    /** The handler's class as its author named it. */
    String handlerClass() {
        return AopUtils.getTargetClass(handler).getName();
    }
}
