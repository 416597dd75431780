package io.rpaworker.handlerjar;

import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.Redaction;
import io.rpaworker.handler.RunCompletion;
import java.util.List;
import org.springframework.aop.support.AopUtils;

/**
 * What an author does for the runs of a flow, and where it comes from: a {@link RecordSource}, a {@link RunCompletion},
 * or both.
 *
 * @param rules as of {@link HandlerBean}
 * @param redactions as of {@link HandlerBean}
 */
public record RunBean(Object bean, Origin origin, List<FailureRule> rules, List<Redaction> redactions) {

    /** One that the worker itself has. */
    public static RunBean own(Object bean) {
        return new RunBean(bean, new Origin(AopUtils.getTargetClass(bean).getName(), null, null), List.of(), List.of());
    }

    /** A handler that does it, as if it came from the same place. */
    public HandlerBean with(FlowHandler<?, ?> handler) {
        return new HandlerBean(handler, bean, origin, rules, redactions);
    }
}
