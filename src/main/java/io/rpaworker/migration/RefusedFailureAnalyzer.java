package io.rpaworker.migration;

import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Lists at a failed start what is in the way of the migration, and what to do about each. */
class RefusedFailureAnalyzer extends AbstractFailureAnalyzer<RefusedException> {

    RefusedFailureAnalyzer() {}

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RefusedException cause) {
        String list = cause.findings().stream()
                .map(it -> "%n    %s%n        %s".formatted(it.finding(), it.advice()))
                .collect(Collectors.joining());
        return new FailureAnalysis(
                "rpa_db is refused, and nothing in it was touched:%n%s".formatted(list),
                "Do what each line says, and start again. docs/preflight.sql, or this jar with the argument preflight,"
                        + " lists what else the migration would meet; see docs/dba.md, Adoption.",
                cause);
    }
}
