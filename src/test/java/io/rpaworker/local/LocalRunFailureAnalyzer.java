package io.rpaworker.local;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints what is wrong and what to do instead of a stack trace; named in {@code META-INF/spring.factories}. */
final class LocalRunFailureAnalyzer extends AbstractFailureAnalyzer<LocalRunException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, LocalRunException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
