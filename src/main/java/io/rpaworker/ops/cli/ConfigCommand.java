package io.rpaworker.ops.cli;

import io.rpaworker.flow.EnvironmentFiles;
import io.rpaworker.flow.FlowsProperties;
import io.rpaworker.flow.SettingsInForce;
import io.rpaworker.flow.SettingsInForce.Setting;
import io.rpaworker.ops.fleet.FlowDifferences;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rpa config}: what the configuration says of flows. Asks no database. */
@Command(
        name = "config",
        description = {
            "Show which settings are in force for the flows here, what the file of an environment says, or, with --env"
                    + " twice, where two environments differ (3 if they do not)."
        })
final class ConfigCommand implements Callable<Integer> {

    @Option(names = "--env", paramLabel = "ENVIRONMENT", description = "An environment; twice to compare two.")
    private List<String> environments = new ArrayList<>();

    @Option(names = "--flow", paramLabel = "FLOW", description = "Only this flow.")
    private @Nullable String flow;

    private final Rpa rpa;

    ConfigCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    /** Settings of flows as an environment's file has them. */
    private record OfEnvironment(String environment, Map<String, Map<String, @Nullable Object>> flows) {}

    /** Settings in force here, by flow. */
    private record InForce(Map<String, List<Setting>> flows) {}

    @Override
    public Integer call() {
        return switch (environments.size()) {
            case 0 -> inForce();
            case 1 -> ofEnvironment(environments.getFirst());
            case 2 -> differences();
            default -> throw Refusal.usage("One environment is shown, or two are compared.");
        };
    }

    private int inForce() {
        var settings = rpa.core().part(SettingsInForce.class);
        var flows = new TreeMap<String, List<Setting>>();
        rpa.core().part(FlowsProperties.class).flows().keySet().stream()
                .filter(this::isMeant)
                .forEach(it -> flows.put(it, settings.of(it)));
        refuseNone(flows.isEmpty(), "the configuration here");
        Table table = Table.of("FLOW", "SETTING", "VALUE", "STANDS IN");
        flows.forEach((name, all) ->
                all.forEach(it -> table.row(name, it.key(), String.valueOf(Page.orNone(it.value())), it.origin())));
        rpa.answer(new InForce(flows), page -> page.table(table));
        return ExitCodes.DONE;
    }

    private int ofEnvironment(String environment) {
        var files = rpa.core().part(EnvironmentFiles.class);
        var file = files.find(environment)
                .orElseThrow(() -> Refusal.nothing("There is no file %s.".formatted(files.path(environment))));
        var flows = new TreeMap<String, Map<String, @Nullable Object>>();
        file.flows().stream().filter(this::isMeant).forEach(it -> flows.put(it, file.settings(it)));
        refuseNone(flows.isEmpty(), files.path(environment).toString());
        Table table = Table.of("FLOW", "SETTING", "VALUE");
        flows.forEach(
                (name, all) -> all.forEach((key, value) -> table.row(name, key, String.valueOf(Page.orNone(value)))));
        rpa.answer(new OfEnvironment(environment, flows), page -> page.table(table));
        return ExitCodes.DONE;
    }

    private int differences() {
        var found = rpa.core().part(FlowDifferences.class).between(String.join(",", environments));
        var meant = new FlowDifferences.Comparison(
                found.a(),
                found.b(),
                found.differences().stream().filter(it -> isMeant(it.flow())).toList());
        Table table = Table.of(
                "FLOW", "SETTING", meant.a().toUpperCase(Locale.ROOT), meant.b().toUpperCase(Locale.ROOT));
        meant.differences()
                .forEach(it -> table.row(
                        it.flow(), it.key(), String.valueOf(Page.orNone(it.a())), String.valueOf(Page.orNone(it.b()))));
        rpa.answer(meant, page -> {
            if (table.isEmpty()) {
                page.line("%s and %s do not differ.".formatted(meant.a(), meant.b()));
            } else {
                page.table(table);
            }
        });
        return meant.differences().isEmpty() ? ExitCodes.NOTHING : ExitCodes.DONE;
    }

    private boolean isMeant(String its) {
        return flow == null || flow.equals(its);
    }

    private void refuseNone(boolean none, String where) {
        if (none) {
            throw Refusal.nothing(
                    flow == null
                            ? "No flow is named in %s.".formatted(where)
                            : "Flow %s is not named in %s.".formatted(flow, where));
        }
    }
}
