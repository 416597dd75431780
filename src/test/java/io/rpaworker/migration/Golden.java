package io.rpaworker.migration;

import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the database looks like, as somebody has read and accepted it. */
final class Golden {

    /** Writes what there is instead of comparing it: for whoever then looks at the difference and commits it. */
    private static final String ACCEPT = "golden.accept";

    private Golden() {}

    /** Compares with a file. */
    static void assertFile(List<String> actual, Path file) throws IOException {
        List<String> accepted = Files.exists(file) ? Files.readAllLines(file) : List.of();
        compare(actual, accepted, file, actual);
    }

    /** Compares with what is in a document between two lines that follow a heading. */
    static void assertBlock(List<String> actual, Path document, String heading, String first, String last)
            throws IOException {
        List<String> lines = Files.readAllLines(document);
        int start = after(lines, first, after(lines, heading, 0));
        int end = after(lines, last, start) - 1;
        var whole = new ArrayList<>(lines.subList(0, start));
        whole.addAll(actual);
        whole.addAll(lines.subList(end, lines.size()));
        compare(actual, lines.subList(start, end), document, whole);
    }

    private static int after(List<String> lines, String line, int from) {
        int found = lines.subList(from, lines.size()).indexOf(line);
        return found < 0 ? fail("There is no line \"%s\" from line %d on".formatted(line, from + 1)) : from + found + 1;
    }

    private static void compare(List<String> actual, List<String> accepted, Path file, List<String> whole)
            throws IOException {
        if (actual.equals(accepted)) {
            return;
        }
        if (Boolean.getBoolean(ACCEPT)) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, String.join("\n", whole) + "\n");
            return;
        }
        var difference = new ArrayList<String>();
        accepted.stream().filter(it -> !actual.contains(it)).forEach(it -> difference.add("- " + it));
        actual.stream().filter(it -> !accepted.contains(it)).forEach(it -> difference.add("+ " + it));
        fail("""
                %s does not show the database as it is (- there only, + in the database only):

                %s

                If that is meant, -D%s=true writes it there. All of it:

                %s""".formatted(file, String.join("\n", difference), ACCEPT, String.join("\n", actual)));
    }
}
