package io.rpaworker.ops.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rpa help}: how commands are used. */
@Command(name = "help", helpCommand = true, description = "Say how a command is used.")
final class HelpCommand implements Callable<Integer> {

    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Which, such as queue add; all if none is named.")
    private List<String> names = List.of();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec == null) {
            return ExitCodes.FAILED;
        }
        CommandLine command = spec.root().commandLine();
        for (String name : names) {
            CommandLine next = command.getSubcommands().get(name);
            if (next == null) {
                throw Refusal.usage("There is no command %s.".formatted(String.join(" ", names)));
            }
            command = next;
        }
        command.usage(command.getOut());
        return ExitCodes.DONE;
    }
}
