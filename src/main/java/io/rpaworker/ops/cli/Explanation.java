package io.rpaworker.ops.cli;

import io.rpaworker.database.DatabaseError;
import io.rpaworker.ops.Problem;
import io.rpaworker.text.Causes;
import io.rpaworker.text.FailureReason;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** What is said of a failure, in a sentence or two and without a stack trace, and the exit code. */
record Explanation(String text, int exitCode) {

    static Explanation of(Throwable failure, Rpa rpa) {
        if (failure instanceof Refusal it) {
            return new Explanation(it.text(), it.exitCode());
        } else if (failure instanceof Problem it) {
            return ofProblem(it);
        }
        List<Throwable> causes = Causes.of(failure);
        if (causes.stream().anyMatch(SQLException.class::isInstance)) {
            return ofDatabase(failure);
        }
        FailureAnalysis analysis = analysis(failure);
        if (analysis != null) {
            String action = analysis.getAction();
            return new Explanation(
                    analysis.getDescription().strip()
                            + (action == null || action.isBlank() ? "" : "\n" + action.strip()),
                    ExitCodes.FAILED);
        }
        return new Explanation("This failed unexpectedly: " + FailureReason.of(failure), ExitCodes.FAILED);
    }

    private static Explanation ofProblem(Problem problem) {
        String text = String.valueOf(problem.getMessage()) + ".";
        return switch (problem.kind()) {
            case INVALID_PARAMETER -> new Explanation(text, ExitCodes.USAGE);
            case NOT_FOUND -> new Explanation(text, ExitCodes.NOTHING);
            case CONFLICT, FORBIDDEN -> new Explanation(text, ExitCodes.FAILED);
            case UNAVAILABLE ->
                new Explanation(
                        text.startsWith("rpa_db does not answer") ? text + " Ask again once it does." : text,
                        ExitCodes.FAILED);
        };
    }

    private static Explanation ofDatabase(Throwable failure) {
        String reason = FailureReason.of(failure);
        return new Explanation(
                DatabaseError.isRefusal(failure)
                        ? "rpa_db refuses: %s.".formatted(reason)
                        : "rpa_db does not answer: %s. Ask again once it does.".formatted(reason),
                ExitCodes.FAILED);
    }

    // As at the worker's start: which setting is wrong, and what would do.
    private static @Nullable FailureAnalysis analysis(Throwable failure) {
        return SpringFactoriesLoader.forDefaultResourceLocation(Explanation.class.getClassLoader())
                .load(FailureAnalyzer.class, ArgumentResolver.none(), FailureHandler.handleMessage((message, e) -> {}))
                .stream()
                .map(it -> analysis(it, failure))
                .filter(it -> it != null)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable FailureAnalysis analysis(FailureAnalyzer analyzer, Throwable failure) {
        try {
            return analyzer.analyze(failure);
        } catch (RuntimeException e) {
            return null;
        }
    }

    int tell(Terminal terminal) {
        terminal.out().flush();
        text.lines().forEach(it -> terminal.err().println(Style.NONE.plain(it)));
        terminal.err().flush();
        return exitCode;
    }
}
