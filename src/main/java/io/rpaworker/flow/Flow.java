package io.rpaworker.flow;

import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Redaction;
import io.rpaworker.handler.Source;
import io.rpaworker.handlerjar.HandlerBean;
import io.rpaworker.handlerjar.Origin;
import io.rpaworker.payload.PayloadDecoder;
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
 * @param owner the flow that it belongs to, whose pause holds for it: itself, unless it is one of {@link BesideFlows}
 */
public record Flow<P, R extends @Nullable Object>(
        String name,
        FlowHandler<P, R> handler,
        PayloadDecoder<P> decoder,
        FlowSettings settings,
        List<Source> sources,
        HandlerBean bean,
        String owner) {

    /** Whether it belongs to another flow. */
    public boolean beside() {
        return !owner.equals(name);
    }

    Flow<P, R> ownedBy(String other) {
        return new Flow<>(name, handler, decoder, settings, sources, bean, other);
    }

    /** The same as its origin, for people: with the share that is taken, unless that is all records. */
    public HandledBy handledBy() {
        HandledBy handled = handledBy(bean);
        return settings.partition().equals(Partition.ALL) ? handled : handled.of(settings.partition());
    }

    static HandledBy handledBy(HandlerBean bean) {
        Origin origin = bean.origin();
        return new HandledBy(origin.handler(), origin.jar(), origin.version(), null);
    }

    /** Judgements that come with the handler and hold for its flow alone, first things first. */
    public List<FailureRule> rules() {
        return bean.rules();
    }

    /** Masks that come with the handler and hold for its flow alone, first things first. */
    public List<Redaction> redactions() {
        return bean.redactions();
    }

    /** What its author has written, whose class says where everything of his is found. */
    public Object code() {
        return bean.code();
    }

    /** The handler's class as its author named it. */
    public String handlerClass() {
        return bean.origin().handler();
    }
}
