package io.rpaworker.handlerjar;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/** Says at a failed start which jar is wrong and what to do, before anybody explains what the jar has thrown. */
class HandlerJarFailureAnalyzer extends AbstractFailureAnalyzer<HandlerJarException> implements Ordered {

    HandlerJarFailureAnalyzer() {}

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, HandlerJarException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
