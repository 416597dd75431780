package io.rpaworker.worker;

import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Source;
import io.rpaworker.handlerjar.HandlerBean;
import io.rpaworker.handlerjar.Origin;
import io.rpaworker.queue.HandledBy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An enabled flow: its handler, and how it is processed.
 *
 * @param name as in {@code processing_queue.flow_name}
 * @param handler the only one of this flow
 * @param decoder makes the handler's payload
 * @param settings what the configuration says
 * @param sources what the handler reads besides rpa_db
 * @param bean the handler with where it comes from, and with what comes with it
 */
record Flow<P, R extends @Nullable Object>(
        String name,
        FlowHandler<P, R> handler,
        PayloadDecoder<P> decoder,
        FlowSettings settings,
        List<Source> sources,
        HandlerBean bean) {

    /** A flow whose handler is the worker's own; the rules of all flows judge its failures. */
    Flow(
            String name,
            FlowHandler<P, R> handler,
            PayloadDecoder<P> decoder,
            FlowSettings settings,
            List<Source> sources) {
        this(name, handler, decoder, settings, sources, HandlerBean.own(handler));
    }

    /** The same as its origin, for the table and for health. */
    HandledBy handledBy() {
        Origin origin = bean.origin();
        return new HandledBy(origin.handler(), origin.jar(), origin.version());
    }

    /** The handler's class as its author named it. */
    String handlerClass() {
        return bean.origin().handler();
    }
}
