package io.rpaworker.failure;

import io.rpaworker.text.PostgresText;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where in the handler's own code something failed. */
final class OwnFrames {

    private static final int MOST = 3;
    private static final int MAX_BYTES = 300;

    // By the first frame that is of none of these, failures are grouped: another list would group them anew.
    private static final List<String> FOREIGN = List.of(
            "java.",
            "javax.",
            "jakarta.",
            "jdk.",
            "sun.",
            "com.sun.",
            "ch.qos.logback.",
            "com.fasterxml.jackson.",
            "com.microsoft.sqlserver.",
            "com.zaxxer.",
            "io.micrometer.",
            "kotlin.",
            "org.aopalliance.",
            "org.apache.",
            "org.hibernate.",
            "org.jboss.",
            "org.junit.",
            "org.postgresql.",
            "org.slf4j.",
            "org.springframework.",
            "tools.jackson.");

    // The flows that come with the worker are handlers like any other; classes of the rest may move.
    private static final String WORKER = "io.rpaworker.";
    private static final String SHIPPED_FLOWS = "io.rpaworker.flows.";

    private OwnFrames() {}

    /** The method that failed, for the fingerprint; empty if it is nobody's own. */
    static String method(Throwable failure) {
        try {
            return own(failure)
                    .findFirst()
                    .map(it -> it.getClassName() + "." + it.getMethodName())
                    .orElse("");
        } catch (Throwable broken) {
            return "";
        }
    }

    /**
     * The first lines of the handler's code in the innermost cause that has any, each as a stack trace shows it.
     *
     * @param causes the failure and its causes, from the outside in
     * @return at most three lines, each after a line feed; empty if none is known
     */
    static String lines(List<Throwable> causes) {
        return causes.reversed().stream()
                .map(OwnFrames::lines)
                .filter(it -> !it.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static String lines(Throwable cause) {
        try {
            return own(cause)
                    .map(OwnFrames::text)
                    // One that calls itself says it once.
                    .distinct()
                    .limit(MOST)
                    .map("\n    at "::concat)
                    .collect(Collectors.joining());
        } catch (Throwable broken) {
            return "";
        }
    }

    private static Stream<StackTraceElement> own(Throwable failure) {
        return Arrays.stream(failure.getStackTrace()).filter(it -> isOwn(it.getClassName()));
    }

    // What has $$ in its name was made at run time, by Spring for one.
    private static boolean isOwn(String type) {
        return !type.contains("$$")
                && FOREIGN.stream().noneMatch(type::startsWith)
                && (!type.startsWith(WORKER) || type.startsWith(SHIPPED_FLOWS));
    }

    // An exception may have made its frames up, of anything.
    private static String text(StackTraceElement frame) {
        String file = Objects.requireNonNullElse(frame.getFileName(), "Unknown Source");
        String text =
                "%s.%s(%s:%d)".formatted(frame.getClassName(), frame.getMethodName(), file, frame.getLineNumber());
        return PostgresText.storable(text, MAX_BYTES).replace('\n', ' ');
    }
}
