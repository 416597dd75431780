package io.rpaworker.migration;

import java.util.List;
import java.util.stream.Collectors;

/** Something is in the way of migrating rpa_db; nothing in it was touched. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    RefusedException(List<Finding> findings) {
        super("rpa_db is refused, and nothing in it was touched: "
                + findings.stream().map(Finding::finding).collect(Collectors.joining("; ")));
        this.findings = findings;
    }

    /** What is in the way; never empty. */
    List<Finding> findings() {
        return findings;
    }
}
