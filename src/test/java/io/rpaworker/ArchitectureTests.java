package io.rpaworker;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.transaction.annotation.Transactional;

/** What holds between the packages, and what no class does. */
class ArchitectureTests {

    // Imported once: every import resolves half of the class path.
    private static final JavaClasses ALL = new ClassFileImporter().importPackages("io.rpaworker");

    private static final JavaClasses MAIN = ALL.that(describe("of the application", Source.MAIN::has));
    private static final JavaClasses TESTS = ALL.that(describe("of the tests", Source.TESTS::has));
    private static final JavaClasses OFFENDERS = ALL.that(describe("offenders", Source.OFFENDERS::has));

    private static final ArchRule NO_CYCLES =
            slices().matching("io.rpaworker.(**)").should().beFreeOfCycles();

    private static final ArchRule FLOWS_DO_NOT_KNOW_EACH_OTHER =
            slices().matching("..flows.(*)..").should().notDependOnEachOther().allowEmptyShould(true);

    // What is stored or compared is PostgreSQL's clock, what is measured is nanoTime, what is shown is injected.
    private static final ArchRule NO_WALL_CLOCK = noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(OffsetDateTime.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    private static final ArchRule NO_DATES =
            noClasses().should().dependOnClassesThat().areAssignableTo(Date.class);

    // A proxy does not see the call: the annotation would do nothing.
    private static final ArchRule NO_HIDDEN_TRANSACTIONS =
            noMethods().that().arePrivate().should().beAnnotatedWith(Transactional.class);

    private static final ArchRule NAMES_OF_THE_DOMAIN = noClasses()
            .should()
            .haveSimpleNameEndingWith("Service")
            .orShould()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("DTO")
            .orShould()
            .haveSimpleNameEndingWith("Dto");

    private static final int MOST_PARAMETERS = 6;

    // With more of them something has no name yet. A record's components have one each; an anonymous class is given
    // what it captures.
    private static final ArchRule SHORT_CONSTRUCTORS = constructors()
            .that()
            .areDeclaredInClassesThat()
            .areNotRecords()
            .and()
            .areDeclaredInClassesThat()
            .areNotAnonymousClasses()
            .should(new ArchCondition<>("have no more than %d parameters".formatted(MOST_PARAMETERS)) {
                @Override
                public void check(JavaConstructor constructor, ConditionEvents events) {
                    int parameters = constructor.getRawParameterTypes().size();
                    events.add(new SimpleConditionEvent(
                            constructor,
                            parameters <= MOST_PARAMETERS,
                            "%s has %d parameters".formatted(constructor.getFullName(), parameters)));
                }
            });

    private static final ArchRule NULL_MARKED = classes().should(new ArchCondition<>("be in a null-marked package") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
            boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
            events.add(new SimpleConditionEvent(
                    type, marked, type.getPackageName() + "'s package-info has no @NullMarked: " + type.getName()));
        }
    });

    @Test
    void packagesDependOnlyOnWhatTheyAreAllowedTo() {
        ApplicationModules.of(RpaWorkerApplication.class).verify();
    }

    // A package-info among the tests comes first on the class path, and its package is no module any more: Modulith
    // then lets it depend on anything. A test's package has the main one's annotations without it.
    @Test
    void testsDoNotHideWhatPackagesAreAllowedTo() throws ClassNotFoundException {
        var main = RpaWorkerApplication.class.getProtectionDomain().getCodeSource();
        for (String name : MAIN.stream().map(JavaClass::getPackageName).collect(toSet())) {
            Class<?> info = Class.forName(name + ".package-info");
            assertThat(info.getProtectionDomain().getCodeSource().getLocation())
                    .as("where %s is described", name)
                    .isEqualTo(main.getLocation());
        }
    }

    @Test
    void theTestsPackagesAreNullMarkedToo() {
        NULL_MARKED.check(TESTS);
    }

    static Stream<ArchRule> rules() {
        return Stream.of(
                NO_CYCLES,
                FLOWS_DO_NOT_KNOW_EACH_OTHER,
                NO_WALL_CLOCK,
                NO_DATES,
                NO_HIDDEN_TRANSACTIONS,
                NAMES_OF_THE_DOMAIN,
                SHORT_CONSTRUCTORS,
                NULL_MARKED);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holds(ArchRule rule) {
        rule.check(MAIN);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void canFail(ArchRule rule) {
        assertThat(rule.evaluate(OFFENDERS).hasViolation()).isTrue();
    }

    private enum Source {
        MAIN,
        TESTS,
        OFFENDERS;

        boolean has(JavaClass type) {
            return this == of(type);
        }

        private static Source of(JavaClass type) {
            if (type.getPackageName().startsWith("io.rpaworker.offenders")) {
                return OFFENDERS;
            }
            boolean test = type.getSource().orElseThrow().getUri().toString().contains("/test-classes/");
            return test ? TESTS : MAIN;
        }
    }
}
