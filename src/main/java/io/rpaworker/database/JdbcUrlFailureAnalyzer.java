package io.rpaworker.database;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says at a failed start what is wrong with a JDBC URL, and what to set where. */
class JdbcUrlFailureAnalyzer extends AbstractFailureAnalyzer<JdbcUrlException> {

    JdbcUrlFailureAnalyzer() {}

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, JdbcUrlException cause) {
        return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
    }
}
