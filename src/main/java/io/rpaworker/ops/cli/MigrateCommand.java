package io.rpaworker.ops.cli;

import io.rpaworker.migration.Migrations;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.annotation.Import;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** {@code rpa migrate}: brings rpa_db up to this version's schema. */
@Command(
        name = "migrate",
        description = {
            "Bring rpa_db up to this version's schema, as a start of a worker would. Migrations of handlers' jars are"
                    + " left to that."
        })
final class MigrateCommand implements Callable<Integer> {

    @Option(names = "--dry-run", description = "Say what would be done; 3 if nothing would.")
    private boolean dryRun;

    private final Rpa rpa;

    MigrateCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @ImportAutoConfiguration(FlywayAutoConfiguration.class)
    @Import(Migrations.class)
    private static final class FlywayBeans {}

    /**
     * What it says.
     *
     * @param before the schema's version when it was asked; null if there was none
     * @param after the version that it has now
     * @param known the latest version that this program knows
     * @param newer whether the schema has migrations that this program does not know
     * @param migrations that were run, or would be
     */
    @JsonNaming(SnakeCaseStrategy.class)
    private record Migrated(
            @Nullable String before,
            @Nullable String after,
            String known,
            boolean newer,
            List<String> migrations,
            boolean dryRun) {}

    @Override
    public Integer call() {
        try (var core = new Core(rpa.springArguments(), CoreBeans.class, FlywayBeans.class)) {
            Flyway flyway = core.find(Flyway.class)
                    .orElseThrow(() -> Refusal.failed("Migrations are switched off here: spring.flyway.enabled is"
                            + " false, so rpa_db is migrated by other means. Nothing was done."));
            // By Flyway itself: what it sees is as its own role, schema and table say.
            MigrationInfoService info = flyway.info();
            List<String> pending =
                    Stream.of(info.pending()).map(MigrationInfo::getScript).toList();
            if (pending.isEmpty() || dryRun) {
                answer(told(info, info, pending));
                return pending.isEmpty() && dryRun ? ExitCodes.NOTHING : ExitCodes.DONE;
            }
            rpa.confirm("%d migrations are to be run, %s to %s. Run them?"
                    .formatted(pending.size(), pending.getFirst(), pending.getLast()));
            Migrations.runAlone(flyway);
            answer(told(info, flyway.info(), pending));
            return ExitCodes.DONE;
        }
    }

    private Migrated told(MigrationInfoService before, MigrationInfoService after, List<String> scripts) {
        String known = Stream.of(before.all())
                .filter(it -> !isUnknown(it) && it.isVersioned())
                .map(it -> it.getVersion().toString())
                .reduce("", (earlier, later) -> later);
        boolean newer = Stream.of(after.all()).anyMatch(MigrateCommand::isUnknown);
        return new Migrated(current(before), current(after), known, newer, scripts, dryRun);
    }

    private static boolean isUnknown(MigrationInfo it) {
        return it.getState() == MigrationState.FUTURE_SUCCESS || it.getState() == MigrationState.FUTURE_FAILED;
    }

    private static @Nullable String current(MigrationInfoService info) {
        MigrationInfo current = info.current();
        return current == null ? null : current.getVersion().toString();
    }

    private void answer(Migrated it) {
        String found;
        if (!it.migrations().isEmpty()) {
            found = dryRun
                    ? "rpa_db is at version %s; these would be run:"
                    : "rpa_db was at version %s; these were run:";
        } else {
            found = it.newer()
                    ? "rpa_db is at version %s, which is newer than this program: it knows versions up to %s. Use the"
                            + " program of the workers' version."
                    : "rpa_db is up to date, at version %s.";
        }
        rpa.answer(it, page -> {
            page.line(found.formatted(Page.orNone(it.before()), it.known()));
            it.migrations().forEach(page::line);
        });
    }
}
