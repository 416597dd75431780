package io.rpaworker.ops.cli;

import io.rpaworker.text.Nearest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is said to whoever uses a command wrongly. */
final class Misuse {

    // The old system's commands had it.
    private static final String CONFIG = "--config";
    private static final String INSTEAD_OF_CONFIG =
            "There is no --config: commands go by the worker's configuration, config/application-<environment>.yml. Say"
                    + " --spring.profiles.active=ENVIRONMENT for another environment, or"
                    + " --spring.config.additional-location=FILE for another file of the worker's.";

    private Misuse() {}

    static int tell(ParameterException e, List<String> arguments, Set<String> commands, Terminal terminal) {
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        String unknown = unknownCommand(e, arguments, spec);
        var err = terminal.err();
        if (arguments.stream().anyMatch(it -> it.equals(CONFIG) || it.startsWith(CONFIG + "="))) {
            err.println(INSTEAD_OF_CONFIG);
        } else if (unknown != null) {
            err.printf(
                    "There is no command %s; the nearest is %s.%n",
                    Style.NONE.plain(unknown),
                    Nearest.to(
                            unknown,
                            spec.parent() == null
                                    ? commands
                                    : spec.subcommands().keySet()));
        } else {
            err.println(Style.NONE.plain(String.valueOf(e.getMessage())));
        }
        err.printf("%s --help says how it is used.%n", spec.qualifiedName());
        err.flush();
        return ExitCodes.USAGE;
    }

    private static @Nullable String unknownCommand(ParameterException e, List<String> arguments, CommandSpec spec) {
        boolean hasCommands = spec.parent() == null || !spec.subcommands().isEmpty();
        if (!(e instanceof UnmatchedArgumentException unmatched) || !hasCommands) {
            return null;
        }
        String first = unmatched.getUnmatched().getFirst();
        return first.startsWith("-") || !arguments.contains(first) ? null : first;
    }
}
