package io.rpaworker.offenders;

import java.util.Locale;

/** Puts statements together: the compiler does it, or the program when it runs. */
@SuppressWarnings({"UnnecessaryStringBuilder", "UnusedMethod"})
public class PiecedStatements {

    private static final String OURS = """
            where id = any (:ids) and claim_id = :claim
            """;

    private static final String ONE = "select 1 from processing_queue " + OURS;

    private static final String WHOLE = """
            select 2 from processing_queue
            """;

    private String added(String more) {
        return WHOLE + more;
    }

    private String constant() {
        return ONE;
    }

    private String appended(String more) {
        return new StringBuilder(WHOLE).append(more).toString();
    }

    private String formatted(String table) {
        return "select 3 from %s".formatted(table);
    }

    private String format(String table) {
        return String.format(Locale.ROOT, "select 4 from %s", table);
    }
}
