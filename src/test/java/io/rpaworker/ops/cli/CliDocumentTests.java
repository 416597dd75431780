package io.rpaworker.ops.cli;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** docs/cli.md has every command with every option, and no other. */
class CliDocumentTests {

    private static final Pattern SECTION = Pattern.compile("(?m)^### `rpa ([a-z -]+)[^`]*`$");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*(?![\\w.-])");
    // Said once, in a table of their own.
    private static final Set<String> OF_ALL =
            Set.of("-h", "--help", "-V", "--version", "--json", "-y", "--yes", "--as", "--reason");

    private final String document = Files.readString(Path.of("docs/cli.md"));
    private final CommandLine all = OperatorCommands.all(new Rpa(Terminal.none(writer(), writer()), List.of(), its -> {
        throw new IllegalStateException();
    }));

    CliDocumentTests() throws IOException {}

    @Test
    void everyCommandHasASection() {
        Set<String> sections = SECTION.matcher(document)
                .results()
                .map(it -> it.group(1).strip())
                .collect(toCollection(TreeSet::new));

        assertThat(sections).isEqualTo(leaves(all).map(CliDocumentTests::name).collect(toCollection(TreeSet::new)));
    }

    @Test
    void aSectionHasTheOptionsOfItsCommandAndNoOther() {
        String[] parts = document.split("(?m)^##+ ");
        leaves(all).forEach(command -> {
            String section = Stream.of(parts)
                    .filter(it -> it.matches("(?s)`rpa " + name(command) + "( [^a-z`][^`]*)?`\\n.*"))
                    .findFirst()
                    .orElse("");
            assertThat(options(section)).as("rpa " + name(command)).isEqualTo(options(command));
        });
    }

    private static Set<String> options(String section) {
        return OPTION.matcher(section)
                .results()
                .map(it -> it.group())
                .filter(it -> !OF_ALL.contains(it))
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> options(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                .filter(it -> !OF_ALL.contains(it))
                .collect(toCollection(TreeSet::new));
    }

    // Those that do something: not those that only have others below them.
    private static Stream<CommandLine> leaves(CommandLine command) {
        Stream<CommandLine> below = command.getSubcommands().values().stream().flatMap(CliDocumentTests::leaves);
        boolean root = command.getParent() == null;
        boolean group = Set.of("flow", "worker", "queue", "run").contains(command.getCommandName());
        return root || group ? below : Stream.concat(Stream.of(command), below);
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName().substring("rpa ".length());
    }

    private static PrintWriter writer() {
        return new PrintWriter(new StringWriter());
    }
}
