package io.rpaworker.ops.diagnosis;

import io.rpaworker.flow.FlowSettings;
import io.rpaworker.queue.counts.OrphanedRecords;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Single checks, made as the worker makes them, over a test's database. */
final class Looks {

    static final DiagnosisProperties DEFAULTS = with(50_000, 1_000);

    private Looks() {}

    /** The defaults but for these two. */
    static DiagnosisProperties with(int deadRows, int manyRetries) {
        return new DiagnosisProperties(
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Duration.ofSeconds(5),
                80,
                95,
                10,
                50,
                Duration.ofMinutes(30),
                Duration.ofMinutes(60),
                20,
                deadRows,
                Duration.ofDays(1),
                Duration.ofMinutes(5),
                manyRetries,
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                80);
    }

    static Scene scene(RpaDb db) {
        return scene(new Facts(
                Optional.empty(),
                Optional.empty(),
                QueueParts.over(db)
                        .part(OrphanedRecords.class)
                        .count(Map.of(), FlowSettings.defaults("any").cleanupTimeout()),
                null));
    }

    static Scene scene(Facts facts) {
        return new Scene(now(), Optional.empty(), Optional.empty(), facts);
    }

    static Scene answeredAfter(Duration took) {
        return new Scene(now(), Optional.empty(), Optional.of(took), Facts.unknown("nobody asked"));
    }

    static List<String> ids(List<Finding> findings) {
        return findings.stream().map(Finding::id).toList();
    }

    private static Instant now() {
        return InstantSource.system().instant();
    }
}
