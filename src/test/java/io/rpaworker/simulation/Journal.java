package io.rpaworker.simulation;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What happened outside PostgreSQL, by the records' keys; it outlives every process. */
final class Journal {

    /** What a producer knows of a record that it has added. */
    enum Added {
        ACKNOWLEDGED,
        UNKNOWN
    }

    private final Map<String, Added> added = new LinkedHashMap<>();
    private final Map<String, Integer> handled = new HashMap<>();
    private final Map<String, Integer> failed = new HashMap<>();

    void adding(String key) {
        added.put(key, Added.UNKNOWN);
    }

    void added(String key) {
        added.put(key, Added.ACKNOWLEDGED);
    }

    Map<String, Added> added() {
        return added;
    }

    /** A record is handled; answers with how often, this time included. */
    int handled(String key) {
        return handled.merge(key, 1, Integer::sum);
    }

    /** A record has failed by its own fault. */
    void failed(String key) {
        failed.merge(key, 1, Integer::sum);
    }

    int failures(String key) {
        return failed.getOrDefault(key, 0);
    }
}
