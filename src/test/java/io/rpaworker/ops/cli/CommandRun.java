package io.rpaworker.ops.cli;

import io.rpaworker.migration.PreflightReport;
import io.rpaworker.testing.RpaDb;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a command answered, in this process and with the rights of the worker's role.
 *
 * @param exitCode what the process would have ended with
 * @param out standard output
 * @param err standard error
 */
record CommandRun(int exitCode, String out, String err) {

    /** Where a command runs. */
    record Place(RpaDb db, String input, boolean terminal, int columns, Supplier<PreflightReport> preflight) {

        static Place at(RpaDb db) {
            return new Place(db, "", false, 80, () -> report(db));
        }

        Place withInput(String text) {
            return new Place(db, text, terminal, columns, preflight);
        }

        Place onTerminal(int width) {
            return new Place(db, input, true, width, preflight);
        }

        /** Where a worker would not start, and why. */
        Place withPreflight(Supplier<PreflightReport> fails) {
            return new Place(db, input, terminal, columns, fails);
        }

        // As a worker's application makes it.
        private static PreflightReport report(RpaDb db) {
            try (var context = new AnnotationConfigApplicationContext()) {
                context.registerBean("migrationDataSource", DataSource.class, db::dataSource);
                context.register(PreflightReport.class);
                context.refresh();
                return context.getBean(PreflightReport.class);
            }
        }

        CommandRun run(String... arguments) {
            var all = new ArrayList<>(List.of(arguments));
            all.add("--spring.datasource.url=" + db.url());
            all.add("--spring.datasource.username=rpa_worker");
            return CommandRun.of(this, all);
        }
    }

    static CommandRun run(RpaDb db, String... arguments) {
        return Place.at(db).run(arguments);
    }

    private static CommandRun of(Place place, List<String> arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var terminal = new Terminal(
                new ByteArrayInputStream(place.input().getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out),
                new PrintWriter(err),
                place.terminal(),
                place.terminal(),
                place.terminal(),
                place.columns(),
                StandardCharsets.UTF_8);
        int exitCode = OperatorCommands.run(
                arguments, terminal, its -> place.preflight().get());
        return new CommandRun(exitCode, out.toString(), err.toString());
    }

    JsonNode json() {
        return JsonMapper.shared().readTree(out);
    }
}
