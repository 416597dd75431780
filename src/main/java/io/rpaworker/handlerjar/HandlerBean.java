package io.rpaworker.handlerjar;

import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FlowHandler;
import java.util.List;

/**
 * A handler and where it comes from.
 *
 * @param rules the failure rules that come with it, first things first; they judge the failures of its flow only
 */
public record HandlerBean(FlowHandler<?, ?> handler, Origin origin, List<FailureRule> rules) {}
