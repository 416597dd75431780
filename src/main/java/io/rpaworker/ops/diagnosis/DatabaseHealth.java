package io.rpaworker.ops.diagnosis;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.rpaworker.migration.SchemaHistory;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Whether a database answers, in the old system's shape.
 *
 * @param databaseName {@code rpa_db} or {@code SurveyHub}
 * @param status degraded if it answers slowly, unhealthy if not at all
 * @param connection whether there was a connection
 * @param queryTest whether it answered a query
 * @param migrationStatus how far it has come; null where it is not ours to migrate, or not known
 * @param responseTimeMs waiting for a connection included; null without an answer
 * @param timestamp when it was asked
 * @param error why there is no answer; null if there is one
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DatabaseHealth(
        String databaseName,
        Status status,
        boolean connection,
        boolean queryTest,
        @Nullable MigrationStatus migrationStatus,
        @Nullable Double responseTimeMs,
        Instant timestamp,
        @Nullable String error) {

    /**
     * How far a database has been migrated.
     *
     * @param currentVersion the version that was applied last; null if none was
     * @param pendingMigrations those that were not applied, and only those
     * @param totalApplied how many were
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record MigrationStatus(@Nullable String currentVersion, List<Script> pendingMigrations, int totalApplied) {

        static MigrationStatus of(SchemaHistory.State state) {
            return new MigrationStatus(
                    state.current(), state.pending().stream().map(Script::new).toList(), state.applied());
        }
    }

    /** A migration by the name of its file. */
    public record Script(String filename) {}

    DatabaseHealth with(@Nullable MigrationStatus known) {
        return new DatabaseHealth(databaseName, status, connection, queryTest, known, responseTimeMs, timestamp, error);
    }
}
