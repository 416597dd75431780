package io.rpaworker.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class AlertRulesTests {

    private static final List<Path> TESTS = Stream.of("minutes", "hours")
            .map(it -> Path.of("src/test/resources/alerts", it + ".tests.yml"))
            .toList();
    private static final Pattern SECTION = Pattern.compile("(?m)^### Alert (\\w+)$");
    private static final Pattern FIRES = Pattern.compile("(?m)^ +- labels: 'ALERTS\\{alertname=\"(\\w+)\"");

    private AlertRules rules;

    @BeforeEach
    void read() throws IOException {
        rules = AlertRules.ofTheFile();
    }

    @Test
    void eachAlertHasItsSectionInTheRunbookAndEachSectionItsAlert() throws IOException {
        List<String> sections = SECTION.matcher(Files.readString(Path.of("docs/operations.md")))
                .results()
                .map(it -> it.group(1))
                .toList();

        assertThat(sections).containsExactlyElementsOf(rules.names());
        assertThat(rules.all())
                .allSatisfy(it -> assertThat(it.at("/annotations/runbook_url").asString())
                        .isEqualTo("docs/operations.md#alert-"
                                + it.at("/alert").asString().toLowerCase(Locale.ROOT)));
    }

    @Test
    void eachAlertSaysHowBadItIsAndWhat() {
        assertThat(rules.names()).doesNotHaveDuplicates().hasSizeGreaterThan(30);
        assertThat(rules.all()).allSatisfy(it -> {
            assertThat(it.at("/labels/severity").asString()).isIn("warning", "critical");
            assertThat(it.at("/annotations/summary").asString()).isNotBlank().doesNotEndWith(".");
            assertThat(it.at("/annotations/description").asString()).endsWith(".");
            assertThat(it.at("/for").asString()).matches("\\d+[mhd]");
        });
    }

    @Test
    void everySelectorAsksForTheJobThatTheChartPutsItsReleaseInThePlaceOf() {
        assertThat(rules.expressions())
                .allSatisfy(
                        it -> assertThat(it.split("\\{job=\"rpa-worker\"", -1)).hasSize(it.split("\\{", -1).length));
    }

    @Test
    void eachAlertFiresInATest() throws IOException {
        var fire = new ArrayList<String>();
        for (Path tests : TESTS) {
            FIRES.matcher(Files.readString(tests)).results().forEach(it -> fire.add(it.group(1)));
        }

        assertThat(fire).containsAll(rules.names());
    }

    /** What Prometheus itself says; skipped where it is not installed. */
    @Nested
    @EnabledIf("io.rpaworker.helm.Promtool#isInstalled")
    class Tried {

        @Test
        void promtoolFindsNothingWrong() throws IOException {
            assertThat(Promtool.run("check", "rules", AlertRules.FILE.toString()))
                    .contains(rules.names().size() + " rules found");
        }

        @Test
        void eachAlertFiresWhenItShouldAndIsSilentJustBelow() throws IOException {
            for (Path tests : TESTS) {
                assertThat(Promtool.run("test", "rules", tests.toString())).contains("SUCCESS");
            }
        }

        @Test
        void anAlertThatFiresLateIsNoticed(@TempDir Path folder) throws IOException {
            Path changed = Files.writeString(
                    folder.resolve("rules.yml"),
                    Files.readString(AlertRules.FILE).replace("> 1000\n", "> 100000\n"));
            Path tests = Files.writeString(
                    folder.resolve("tests.yml"),
                    Files.readString(TESTS.getFirst()).replaceAll("(?m)^  - \\.\\./.*$", "  - " + changed));

            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> Promtool.run("test", "rules", tests.toString()))
                    .withMessageContaining("ProcessingQueueBacklog");
        }
    }
}
