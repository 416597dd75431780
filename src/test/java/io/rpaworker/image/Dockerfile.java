package io.rpaworker.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** The instructions of the Dockerfile, each in words. */
record Dockerfile(List<List<String>> instructions) {

    static Dockerfile read() throws IOException {
        String text = Files.readString(Path.of("Dockerfile")).replace("\\\n", "");
        return new Dockerfile(text.lines()
                .filter(it -> !it.isBlank() && !it.startsWith("#"))
                .map(it -> List.of(it.split("\\s+", -1)))
                .toList());
    }

    Stream<List<String>> all(String instruction) {
        return instructions.stream()
                .filter(it -> it.getFirst().equals(instruction))
                .map(it -> it.subList(1, it.size()));
    }

    /** What the image itself has; a stage before it is only a means. */
    List<String> last(String instruction) {
        return all(instruction).toList().getLast();
    }

    /** The command that has an argument with such a beginning, without what cleans up behind it. */
    List<String> commandWith(String argument) {
        return all("RUN")
                .filter(words -> words.stream().anyMatch(it -> it.startsWith(argument)))
                .map(words -> words.stream().takeWhile(it -> !it.equals("&&")).toList())
                .findFirst()
                .orElseThrow();
    }

    /** What the image sets in the environment of its processes. */
    Map<String, String> environment() {
        return all("ENV")
                .map(words -> String.join(" ", words))
                .collect(Collectors.toMap(
                        it -> it.substring(0, it.indexOf('=')),
                        it -> it.substring(it.indexOf('=') + 1).replace("\"", "")));
    }

    List<String> entryPoint() {
        return List.of(JsonMapper.shared().readValue(String.join(" ", last("ENTRYPOINT")), String[].class));
    }
}
