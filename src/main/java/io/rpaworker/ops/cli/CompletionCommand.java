package io.rpaworker.ops.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** {@code rpa completion}: what a shell needs in order to complete commands and options. */
@Command(name = "completion", description = "Write a completion script for bash and zsh: source <(rpa completion)")
final class CompletionCommand implements Callable<Integer> {

    private final Rpa rpa;

    CompletionCommand(Rpa rpa) {
        this.rpa = rpa;
    }

    @Override
    public Integer call() {
        rpa.terminal().out().print(AutoComplete.bash("rpa", OperatorCommands.all(rpa)));
        rpa.terminal().out().flush();
        return ExitCodes.DONE;
    }
}
