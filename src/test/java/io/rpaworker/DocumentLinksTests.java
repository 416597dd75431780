package io.rpaworker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each link from a document to another leads to a file that is there, and to a heading that it has. */
class DocumentLinksTests {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```|`[^`\\n]*`");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```.*?^ *```");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+)$");

    static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(
                            Stream.of(Path.of("README.md"), Path.of("helm/rpa-worker/README.md")),
                            docs.filter(it -> it.toString().endsWith(".md")).sorted())
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void eachLinkLeadsSomewhere(Path document) throws IOException {
        List<String> broken =
                links(document).filter(it -> !leadsSomewhere(document, it)).toList();

        assertThat(broken).as("links of %s", document).isEmpty();
    }

    @Test
    void theIndexNamesEachDocument() throws IOException {
        Path index = Path.of("docs/README.md");
        Set<Path> named = new HashSet<>();
        links(index).filter(it -> !it.contains("://")).forEach(it -> named.add(target(index, it)));

        assertThat(named)
                .containsAll(
                        documents().stream().filter(it -> !it.equals(index)).toList());
    }

    @Test
    void whatIsNotThereIsFound() {
        Path document = Path.of("docs/README.md");

        assertThat(List.of("nowhere.md", "dba.md#nothing", "#nothing", "../docs/sql/nothing.sql"))
                .noneMatch(it -> leadsSomewhere(document, it));
        assertThat(List.of("dba.md", "dba.md#operating-in-sql", "#by-role", "../pom.xml", "https://example.com/#no"))
                .allMatch(it -> leadsSomewhere(document, it));
    }

    private static Stream<String> links(Path document) throws IOException {
        return LINK.matcher(CODE.matcher(Files.readString(document)).replaceAll(""))
                .results()
                .map(it -> it.group(1));
    }

    private static boolean leadsSomewhere(Path document, String link) {
        if (link.contains("://")) {
            return true;
        }
        Path target = target(document, link);
        int hash = link.indexOf('#');
        return Files.exists(target) && (hash < 0 || headings(target).contains(link.substring(hash + 1)));
    }

    private static Path target(Path document, String link) {
        String path = link.replaceFirst("#.*", "");
        return path.isEmpty() ? document : document.resolveSibling(path).normalize();
    }

    // As GitHub makes them: the second of a name ends in -1.
    private static Set<String> headings(Path document) {
        try {
            Map<String, Integer> seen = new HashMap<>();
            Set<String> headings = new HashSet<>();
            String text = BLOCK.matcher(Files.readString(document)).replaceAll("");
            for (MatchResult it : HEADING.matcher(text).results().toList()) {
                String name = it.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-');
                int before = seen.merge(name, 1, Integer::sum) - 1;
                headings.add(before == 0 ? name : name + "-" + before);
            }
            return headings;
        } catch (IOException e) {
            return Set.of();
        }
    }
}
