package io.rpaworker.ops.diagnosis;

import java.util.Map;

/**
 * A finding that there can be. Constants of their classes, so that a test can compare all of them with the document.
 *
 * @param id stable, kebab-case
 * @param severity of what is found
 */
record Kind(String id, Severity severity) {

    static Kind critical(String id) {
        return new Kind(id, Severity.CRITICAL);
    }

    static Kind warning(String id) {
        return new Kind(id, Severity.WARNING);
    }

    static Kind info(String id) {
        return new Kind(id, Severity.INFO);
    }

    /** Found, with no evidence yet. */
    Finding found(String title, String whatToDo) {
        return new Finding(id, severity, title, Map.of(), whatToDo, null);
    }
}
