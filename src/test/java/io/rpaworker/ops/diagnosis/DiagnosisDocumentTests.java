package io.rpaworker.ops.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/diagnosis.md has every finding that there can be, and no other. */
class DiagnosisDocumentTests {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (critical|warning|info) \\|");

    @Test
    void everyFindingIsInTheDocumentAndTheOtherWayRound() throws IOException {
        Set<String> told = ROW.matcher(Files.readString(Path.of("docs/diagnosis.md")))
                .results()
                .map(it -> it.group(1) + " " + it.group(2))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(told).isEqualTo(kinds());
    }

    private static Set<String> kinds() {
        return new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.rpaworker.ops.diagnosis")
                        .stream()
                        .map(JavaClass::reflect)
                        .flatMap(type -> Stream.of(type.getDeclaredFields()))
                        .filter(it -> it.getType() == Kind.class && Modifier.isStatic(it.getModifiers()))
                        .map(DiagnosisDocumentTests::kind)
                        .map(it -> it.id() + " " + it.severity().text())
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Kind kind(Field field) {
        try {
            field.setAccessible(true);
            return (Kind) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
