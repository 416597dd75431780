package io.rpaworker.helm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Prometheus's own programs, where they are installed. */
final class Promtool {

    private Promtool() {}

    /** Where one of them is; empty if it is not installed. */
    static Optional<Path> program(String name) {
        return Stream.of("/usr/bin", "/usr/local/bin", "/opt/prometheus")
                .map(it -> Path.of(it, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static boolean isInstalled() {
        return program("promtool").isPresent() && program("prometheus").isPresent();
    }

    /** What promtool says; fails if it is not content. */
    static String run(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(program("promtool").orElseThrow().toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new AssertionError(said);
        }
        return said;
    }
}
