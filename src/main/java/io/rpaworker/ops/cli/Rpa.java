package io.rpaworker.ops.cli;

import io.rpaworker.migration.PreflightReport;
import io.rpaworker.ops.action.Operator;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What every command has: its common options, where it writes, and the core. */
@Command(
        name = "rpa",
        description = "Looks after a rpa_db and its workers, by the configuration that the workers have.",
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true)
// Help and version are read by picocli alone.
@SuppressWarnings("UnusedVariable")
final class Rpa implements AutoCloseable {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Say how it is used.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Say which version this is.")
    private boolean version;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Answer in JSON; docs/cli.md has the shapes.")
    private boolean json;

    @Option(
            names = {"-y", "--yes"},
            scope = ScopeType.INHERIT,
            description = "Do it without asking.")
    private boolean yes;

    @Option(
            names = "--as",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "Who orders it, for the audit; the system's user if it is not given.")
    private @Nullable String as;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            scope = ScopeType.INHERIT,
            description = "Why it is ordered, for the audit.")
    private @Nullable String reason;

    private final Terminal terminal;
    private final Core core;
    private final Function<List<String>, PreflightReport> preflight;
    private final List<String> springArguments;
    private final InstantSource clock = InstantSource.system();

    Rpa(Terminal terminal, List<String> springArguments, Function<List<String>, PreflightReport> preflight) {
        this.terminal = terminal;
        this.core = new Core(springArguments, CoreBeans.class);
        this.springArguments = springArguments;
        this.preflight = preflight;
    }

    Terminal terminal() {
        return terminal;
    }

    Core core() {
        return core;
    }

    InstantSource clock() {
        return clock;
    }

    List<String> springArguments() {
        return springArguments;
    }

    /** What a start would find; throws what it would end with. */
    PreflightReport preflight() {
        return preflight.apply(springArguments);
    }

    boolean isJson() {
        return json;
    }

    /** Who orders something. */
    Operator operator() {
        String name = Objects.requireNonNullElseGet(as, () -> System.getProperty("user.name", ""));
        // The JDK's word for a user without a name, as in a container.
        if (name.isBlank() || name.equals("?")) {
            throw Refusal.usage("Say who orders it, with --as NAME: the system has no name for its user.");
        }
        // Whoever has the database's password may delete by other means too.
        return new Operator(name, true);
    }

    /** Why; empty if he does not say. */
    String reason() {
        return Objects.requireNonNullElse(reason, "");
    }

    /** Answers: what is asked for as JSON, or a page that says the same. */
    void answer(Object shape, Consumer<Page> told) {
        if (json) {
            print(shape);
        } else {
            var page = new Page(terminal, clock.instant());
            told.accept(page);
            page.lines().forEach(terminal.out()::println);
            terminal.out().flush();
        }
    }

    /** Writes JSON. */
    void print(Object shape) {
        terminal.out().println(pretty(shape));
        terminal.out().flush();
    }

    static String pretty(Object shape) {
        return JsonMapper.shared()
                .writer()
                .with(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(shape);
    }

    /**
     * Asks before something is done that cannot be undone.
     *
     * @throws Refusal if the answer is not yes, or if nobody can answer
     */
    void confirm(String question) {
        if (yes) {
            return;
        }
        if (!terminal.inIsTerminal() || !terminal.errIsTerminal()) {
            throw Refusal.usage(question + " Say --yes: there is no terminal to ask on. Nothing was done.");
        }
        terminal.err().print(question + " [y/N] ");
        terminal.err().flush();
        String answer = Input.line(terminal.in());
        if (!answer.equalsIgnoreCase("y") && !answer.equalsIgnoreCase("yes")) {
            throw Refusal.failed("Nothing was done.");
        }
    }

    @Override
    public void close() {
        terminal.out().flush();
        terminal.err().flush();
        core.close();
    }
}
