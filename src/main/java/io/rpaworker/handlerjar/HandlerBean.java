package io.rpaworker.handlerjar;

import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Redaction;
import java.util.List;
import org.springframework.aop.support.AopUtils;

/**
 * A handler and where it comes from.
 *
 * @param code what its author has written, whose class says where everything of his is found; mostly the handler itself
 * @param rules the failure rules that come with it, first things first; they judge the failures of its flow only
 * @param redactions what masks the texts of its flow
 */
public record HandlerBean(
        FlowHandler<?, ?> handler, Object code, Origin origin, List<FailureRule> rules, List<Redaction> redactions) {

    /** A handler that the worker itself has; rules and redactions of the worker hold for it in any case. */
    public static HandlerBean own(FlowHandler<?, ?> handler) {
        return new HandlerBean(
                handler,
                handler,
                new Origin(AopUtils.getTargetClass(handler).getName(), null, null),
                List.of(),
                List.of());
    }
}
