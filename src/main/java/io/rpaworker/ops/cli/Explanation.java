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

    private static final String REFUSES = "rpa_db refuses";

    static Explanation of(Throwable failure, Rpa rpa) {
        if (failure instanceof Refusal it) {
            return new Explanation(it.text(), it.exitCode());
        } else if (failure instanceof Problem it) {
            return ofProblem(it, rpa);
        }
        List<Throwable> causes = Causes.of(failure);
        if (causes.stream().anyMatch(OutOfMemoryError.class::isInstance)) {
            return new Explanation(
                    "This needs more memory than the %,d MB that the JVM may have: %s. Start it with more: java -Xmx1g -jar, and the jar."
                            .formatted(Runtime.getRuntime().maxMemory() >> 20, FailureReason.of(failure)),
                    ExitCodes.FAILED);
        }
        if (causes.stream().anyMatch(SQLException.class::isInstance)) {
            return ofDatabase(failure, rpa);
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

    private static Explanation ofProblem(Problem problem, Rpa rpa) {
        String text = String.valueOf(problem.getMessage()) + ".";
        return switch (problem.kind()) {
            case INVALID_PARAMETER -> new Explanation(text, ExitCodes.USAGE);
            case NOT_FOUND -> new Explanation(text, ExitCodes.NOTHING);
            case CONFLICT, FORBIDDEN -> new Explanation(text, ExitCodes.FAILED);
            case UNAVAILABLE -> {
                if (isSilence(problem)) {
                    yield new Explanation(text + " Ask again once it does.", ExitCodes.FAILED);
                }
                yield text.startsWith(REFUSES) ? refused(text, rpa) : new Explanation(text, ExitCodes.FAILED);
            }
        };
    }

    /** Whether rpa_db does not answer, which passes. */
    static boolean isSilence(Problem problem) {
        return String.valueOf(problem.getMessage()).startsWith("rpa_db does not answer");
    }

    private static Explanation ofDatabase(Throwable failure, Rpa rpa) {
        String reason = FailureReason.of(failure);
        if (!DatabaseError.isRefusal(failure)) {
            return new Explanation(
                    "rpa_db does not answer: %s. Ask again once it does.".formatted(reason), ExitCodes.FAILED);
        }
        String text = "%s: %s.".formatted(REFUSES, reason);
        return DatabaseError.of(failure)
                        .filter(DatabaseError.CONFIGURATION::equals)
                        .isPresent()
                ? refused(text, rpa)
                : new Explanation(text, ExitCodes.FAILED);
    }

    // Where the schema is another version's, that is what there is to say: a table that is missing tells nobody so.
    private static Explanation refused(String text, Rpa rpa) {
        return new Explanation(SchemaGap.of(rpa.core()).orElse(text), ExitCodes.FAILED);
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
