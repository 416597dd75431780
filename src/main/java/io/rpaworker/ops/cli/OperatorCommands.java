package io.rpaworker.ops.cli;

import io.rpaworker.migration.PreflightReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line: finds the command that is asked for, runs it, and says in one sentence why it could not. */
public final class OperatorCommands {

    /** What may stand before everything else, so that options may come first. */
    private static final String NAME = "rpa";

    private static final List<String> ASK_FOR_HELP = List.of("help", "-h", "--help", "-V", "--version");

    // Spring's settings have a dot or a bracket, and no option of ours does.
    private static final Pattern OF_SPRING = Pattern.compile("--[A-Za-z][\\w-]*[.\\[][^=]*(=.*)?", Pattern.DOTALL);

    private static final Map<String, Function<Rpa, Object>> COMMANDS = commands();

    private OperatorCommands() {}

    private static Map<String, Function<Rpa, Object>> commands() {
        var commands = new LinkedHashMap<String, Function<Rpa, Object>>();
        commands.put("status", StatusCommand::new);
        commands.put("monitor", MonitorCommand::new);
        commands.put("flow", FlowCommand::new);
        commands.put("run", RunCommand::new);
        commands.put("worker", WorkerCommand::new);
        commands.put("record", RecordCommand::new);
        commands.put("deadletter", DeadLetterCommand::new);
        commands.put("queue", QueueCommand::new);
        commands.put("performance", PerformanceCommand::new);
        commands.put("diagnose", DiagnoseCommand::new);
        commands.put("cleanup", CleanupCommand::new);
        commands.put("reset", ResetCommand::new);
        commands.put("config", ConfigCommand::new);
        commands.put("migrate", MigrateCommand::new);
        commands.put("preflight", PreflightCommand::new);
        commands.put("completion", CompletionCommand::new);
        return commands;
    }

    /**
     * Runs a command of this process.
     *
     * @param preflight checks flows, settings and rpa_db, given Spring's arguments
     * @return 0 done, 1 failed, 2 wrongly used, 3 nothing matched
     */
    public static int run(String[] arguments, Function<List<String>, PreflightReport> preflight) {
        Silence.begin();
        return run(List.of(arguments), Terminal.ofProcess(), preflight);
    }

    /** The same, wherever it reads and writes. */
    static int run(List<String> arguments, Terminal terminal, Function<List<String>, PreflightReport> preflight) {
        List<String> own =
                new ArrayList<>(arguments.stream().filter(it -> !isOfSpring(it)).toList());
        if (!own.isEmpty() && own.getFirst().equals(NAME)) {
            own.removeFirst();
        }
        if (own.isEmpty()) {
            own.add("help");
        }
        List<String> springs =
                arguments.stream().filter(OperatorCommands::isOfSpring).toList();
        try (var rpa = new Rpa(terminal, springs, preflight)) {
            return execute(rpa, own);
        }
    }

    // Picocli tells of exceptions; of a heap that is too small somebody has to as well.
    private static int execute(Rpa rpa, List<String> words) {
        try {
            return model(rpa, words).execute(words.toArray(String[]::new));
        } catch (Throwable e) {
            return Explanation.of(e, rpa).tell(rpa.terminal());
        }
    }

    private static boolean isOfSpring(String argument) {
        return OF_SPRING.matcher(argument).matches();
    }

    /** All of them, as documents and completion tell them. */
    static CommandLine all(Rpa rpa) {
        return model(rpa, COMMANDS.keySet());
    }

    // Reading the options of a command takes time, so only of those that may be meant.
    private static CommandLine model(Rpa rpa, Iterable<String> words) {
        var asked = new ArrayList<String>();
        words.forEach(asked::add);
        boolean one = asked.stream().noneMatch(ASK_FOR_HELP::contains)
                || (asked.stream().anyMatch(COMMANDS::containsKey)
                        && !asked.getFirst().equals("help"));
        var model = new CommandLine(rpa);
        COMMANDS.forEach((name, command) -> {
            if (!one || asked.contains(name)) {
                model.addSubcommand(name, command.apply(rpa));
            }
        });
        model.addSubcommand("help", new HelpCommand());
        configure(model, rpa);
        return model;
    }

    private static void configure(CommandLine model, Rpa rpa) {
        model.getCommandSpec().versionProvider(() -> new String[] {Version.text()});
        model.setOut(rpa.terminal().out());
        model.setErr(rpa.terminal().err());
        model.setColorScheme(CommandLine.Help.defaultColorScheme(rpa.terminal().outIsTerminal() ? Ansi.ON : Ansi.OFF));
        model.setUsageHelpWidth(Math.clamp(rpa.terminal().columns(), 60, 120));
        model.setAbbreviatedOptionsAllowed(false);
        model.registerConverter(Path.class, CalledFrom::path);
        model.setExitCodeExceptionMapper(it -> ExitCodes.FAILED);
        model.setParameterExceptionHandler(
                (e, arguments) -> Misuse.tell(e, List.of(arguments), COMMANDS.keySet(), rpa.terminal()));
        model.setExecutionStrategy(parsed -> {
            refuseOptionsBefore(parsed);
            return new CommandLine.RunLast().execute(parsed);
        });
        model.setExecutionExceptionHandler(
                (e, its, parsed) -> Explanation.of(e, rpa).tell(rpa.terminal()));
    }

    // What stands before a command's command is read by nobody: a filter that was meant would not hold.
    private static void refuseOptionsBefore(ParseResult parsed) {
        for (ParseResult it = parsed.subcommand(); it != null && it.hasSubcommand(); it = it.subcommand()) {
            String last = it.subcommand().commandSpec().name();
            var own = it.matchedOptions().stream()
                    .filter(option -> !option.inherited())
                    .map(OptionSpec::longestName)
                    .findFirst();
            if (own.isPresent() || !it.matchedPositionals().isEmpty()) {
                throw new ParameterException(
                        it.commandSpec().commandLine(),
                        "%s stands before %s, and is to stand behind it.".formatted(own.orElse("What is meant"), last));
            }
        }
    }
}
