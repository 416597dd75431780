package io.rpaworker;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModule;
import org.springframework.modulith.core.ApplicationModules;

/** The picture and the table of packages in docs/design.md say what the program is. */
class DesignPictureTests {

    private static final Path DESIGN = Path.of("docs/design.md");
    private static final Pattern ARROW = Pattern.compile("(?m)^ +(\\w+) --> (\\w+)$");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)(?:\\.<name>)?` \\|");
    // Knows the worker by its name only.
    private static final Set<String> APART = Set.of("start");

    private final Map<String, Set<String>> uses = uses();

    @Test
    void anArrowIsDrawnWhereNoLongerWaySaysTheSame() throws IOException {
        assertThat(drawn()).isEqualTo(withoutShortCuts());
    }

    @Test
    void everyPackageHasItsSentence() throws IOException {
        Set<String> told = ROW.matcher(Files.readString(DESIGN))
                .results()
                .map(it -> it.group(1))
                .collect(toCollection(TreeSet::new));

        Set<String> packages = new TreeSet<>(uses.keySet());
        packages.add("application");
        packages.removeAll(APART);
        assertThat(told).isEqualTo(packages);
    }

    private static Set<String> drawn() throws IOException {
        return ARROW.matcher(Files.readString(DESIGN))
                .results()
                .map(it -> it.group(1) + " --> " + it.group(2))
                .collect(toCollection(TreeSet::new));
    }

    private Set<String> withoutShortCuts() {
        var arrows = new TreeSet<String>();
        uses.forEach((from, all) -> all.stream()
                .filter(to -> all.stream().noneMatch(it -> !it.equals(to) && reaches(it, to)))
                .forEach(to -> arrows.add(from + " --> " + to)));
        return arrows;
    }

    private boolean reaches(String from, String to) {
        Set<String> next = uses.getOrDefault(from, Set.of());
        return next.contains(to) || next.stream().anyMatch(it -> reaches(it, to));
    }

    private static Map<String, Set<String>> uses() {
        var uses = new TreeMap<String, Set<String>>();
        ApplicationModules modules = ApplicationModules.of(RpaWorkerApplication.class);
        for (ApplicationModule module : modules) {
            Set<String> used = uses.computeIfAbsent(topLevel(module), name -> new TreeSet<>());
            module.getDirectDependencies(modules)
                    .uniqueModules()
                    .map(DesignPictureTests::topLevel)
                    .forEach(used::add);
            used.remove(topLevel(module));
        }
        return uses;
    }

    private static String topLevel(ApplicationModule module) {
        String name = module.getBasePackage().getName().replaceFirst("^io\\.rpaworker\\.?", "");
        return name.isEmpty() ? "application" : name.replaceFirst("\\..*", "");
    }
}
