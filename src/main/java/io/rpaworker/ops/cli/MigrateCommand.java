package io.rpaworker.ops.cli;

import io.rpaworker.migration.Migrations;
import io.rpaworker.migration.SchemaHistory;
import io.rpaworker.migration.SchemaHistory.State;
import java.util.List;
import java.util.concurrent.Callable;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.annotation.Import;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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

    /** What it says. */
    private record Migrated(
            @Nullable String before, @Nullable String after, List<String> migrations, boolean dryRun) {}

    @Override
    public Integer call() {
        try (var core = new Core(rpa.springArguments(), CoreBeans.class, FlywayBeans.class)) {
            SchemaHistory history = core.part(SchemaHistory.class);
            State before = history.find().orElse(null);
            List<String> pending = before == null ? history.scripts() : before.pending();
            String from = before == null ? null : before.current();
            if (pending.isEmpty() || dryRun) {
                answer(new Migrated(from, from, pending, dryRun));
                return pending.isEmpty() && dryRun ? ExitCodes.NOTHING : ExitCodes.DONE;
            }
            rpa.confirm("%d migrations are to be run, %s to %s. Run them?"
                    .formatted(pending.size(), pending.getFirst(), pending.getLast()));
            Migrations.runAlone(core.part(Flyway.class));
            answer(new Migrated(from, history.find().map(State::current).orElse(null), pending, false));
            return ExitCodes.DONE;
        }
    }

    private void answer(Migrated it) {
        rpa.answer(it, page -> {
            page.line((it.migrations().isEmpty()
                            ? "rpa_db is up to date, at version %s."
                            : dryRun
                                    ? "rpa_db is at version %s; these would be run:"
                                    : "rpa_db was at version %s; these were run:")
                    .formatted(Page.orNone(it.before())));
            it.migrations().forEach(page::line);
        });
    }
}
