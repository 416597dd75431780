package io.rpaworker.handlerjar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import io.rpaworker.testing.HandlerProject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/** Jars that are built, named or written in unusual ways; no database is asked. */
@ExtendWith(OutputCaptureExtension.class)
class OddJarsTests {

    private static final String HANDLER = """
            %s class H implements RecordHandler<H.P, Void> {
                public record P() {}
                public String flow() { return "a"; }
                public Outcome<Void> handle(WorkRecord<P> r) { return Outcome.completed(null); }
                %s
            }
            """;
    private static final String SETTINGS = """
            @org.springframework.boot.context.properties.ConfigurationProperties("rpa.handler.acme")
            @org.springframework.validation.annotation.Validated
            record Settings(%s) {}
            @Configuration
            @org.springframework.boot.context.properties.EnableConfigurationProperties(Settings.class)
            static class Beans {}
            """;

    @TempDir
    Path folder;

    private final Map<String, Object> settings = new HashMap<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@org.springframework.boot.autoconfigure.SpringBootApplication",
                "@Configuration @ComponentScan",
            })
    void aScanOfTheJarsOwnFindsTheSameBeans(String annotation) {
        handler()
                .source("one.App", annotation + " public class App {}")
                .withFolders()
                .into(jar("one.jar"));

        assertThatHandlersAre("one.H");
    }

    @ParameterizedTest
    @ValueSource(strings = {"one.jar", "library.jar"})
    void anIndexOfComponentsHidesNoHandler(String indexed) {
        String index = "META-INF/spring.components";
        new HandlerProject().file("note.txt", "").into(jar("library.jar"));
        handler().into(jar("one.jar"));
        (indexed.equals("one.jar") ? handler() : new HandlerProject())
                .file(index, "other.X=org.springframework.stereotype.Component\n")
                .into(jar(indexed));

        assertThatHandlersAre("one.H");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Acme", "Acme.Base"})
    void aHandlerThatAConditionOfItsMethodSwitchesOffIsNotMissedWhateverTheMethodReturns(String returned) {
        handler()
                .source("two.Acme", """
                        public interface Acme extends RecordHandler<Acme.P, Void> {
                            record P() {}
                            abstract class Base implements Acme {}
                        }
                        """)
                .source("two.Off", """
                        public class Off extends Acme.Base {
                            public String flow() { return "b"; }
                            public Outcome<Void> handle(WorkRecord<P> r) { return null; }
                        }
                        """)
                .source("two.Beans", """
                        @Configuration public class Beans {
                            @Bean @Profile("nowhere") %s off() { return new Off(); }
                        }
                        """.formatted(returned))
                .into(jar("one.jar"));

        assertThatHandlersAre("one.H");
    }

    @Test
    void arraysOfWhatIsThereAreNotMissed() {
        new HandlerProject()
                .source("one.H", HANDLER.formatted("@Component public", """
                        enum Grade { GOLD }
                        Object copies = List.of(new int[1][2].clone(), new Grade[0].clone(), new String[0][0].clone());
                        """))
                .into(jar("one.jar"));

        assertThatHandlersAre("one.H");
    }

    @Test
    void aPrototypeIsMadeOnce() {
        new HandlerProject()
                .source("one.H", HANDLER.formatted("@Component @Scope(\"prototype\") public", """
                        public static int made;
                        public H() { made++; }
                        public int getCount() { return made; }
                        """))
                .into(jar("one.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers()).extracting("handler.count").containsExactly(1);
            assertThat(jars.handlers()).extracting("handler.count").containsExactly(1);
        }
    }

    @Test
    void nothingOfAJarBeginsToWorkBeforeTheWorkerDoes() {
        new HandlerProject().handler("one.H", "a", """
                static String log = "";
                public String getLog() { return log; }
                static void note(String event) {
                    log += event + (Thread.currentThread().getContextClassLoader() == H.class.getClassLoader()
                            ? " within " : " without ");
                }
                @Component static class Cycle implements org.springframework.context.SmartLifecycle {
                    boolean on;
                    public void start() { on = true; note("start"); }
                    public void stop() { on = false; note("stop"); }
                    public boolean isRunning() { return on; }
                    @org.springframework.context.event.EventListener
                    void on(org.springframework.context.event.ContextRefreshedEvent event) { note("refreshed"); }
                    @jakarta.annotation.PreDestroy void end() { note("end"); }
                }
                """).into(jar("one.jar"));

        HandlerBean handler;
        ClassLoader own = Thread.currentThread().getContextClassLoader();
        try (HandlerJars jars = open()) {
            handler = jars.handlers().getFirst();
            assertThat(handler.handler()).extracting("log").isEqualTo("");
            jars.start();
            assertThat(handler.handler()).extracting("log").isEqualTo("start within refreshed within ");
        }
        assertThat(handler.handler())
                .extracting("log")
                .isEqualTo("start within refreshed within stop within end within ");
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(own);
    }

    @Test
    void whatDoesNotStartIsNamedWithItsJar() {
        new HandlerProject().handler("one.H", "a", """
                @Component static class Cycle implements org.springframework.context.SmartLifecycle {
                    public void start() { throw new IllegalStateException("no broker"); }
                    public void stop() {}
                    public boolean isRunning() { return false; }
                }
                """).into(jar("one.jar"));

        try (HandlerJars jars = open()) {
            assertThat(catchThrowableOfType(HandlerJarException.class, jars::start))
                    .hasMessageContaining(
                            "one.jar cannot be used: no broker (IllegalStateException, thrown at one.H$Cycle");
        }
    }

    @Test
    void whatAFatJarHasOfTheWorkersLibrariesIsNotTheJars() throws IOException {
        String borrowed = "org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration";
        String file = borrowed.replace('.', '/') + ".class";
        byte[] content = new ClassPathResource(file).getContentAsByteArray();
        new HandlerProject()
                .source("one.H", HANDLER.formatted("@Component public", """
                        @Autowired org.springframework.context.ApplicationContext context;
                        public List<String> getBeans() { return List.of(context.getBeanDefinitionNames()); }
                        """))
                .file(
                        "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports",
                        borrowed + "\n")
                .file(file, content)
                .into(jar("one.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers())
                    .singleElement()
                    .satisfies(it -> assertThat(it.handler())
                            .extracting("beans", list(String.class))
                            .contains("one.H")
                            .doesNotContain(borrowed));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"META-INF/versions/99/one/H.class", "module-info.class", "META-INF/versions/99/module-info.class"
            })
    void whatAJarHasForANewerJavaBesidesIsNoneOfThisOnes(String file) {
        handler()
                .manifest("Multi-Release", "true")
                .file(file, new byte[] {(byte) 0xca, (byte) 0xfe, (byte) 0xba, (byte) 0xbe, 0, 0, 0, (byte) 143})
                .into(jar("one.jar"));

        assertThatHandlersAre("one.H");
    }

    @Test
    void aLibraryThatIsDamagedFarBehindIsFound() throws IOException {
        handler().into(jar("one.jar"));
        byte[] content = new byte[200_000];
        new Random(1).nextBytes(content);
        byte[] whole = Files.readAllBytes(
                new HandlerProject().file("data.bin", content).into(jar("lib.jar")));
        whole[whole.length / 2]++;
        Files.write(jar("lib.jar"), whole);

        assertThat(refused()).hasMessageContaining("lib.jar cannot be read as a jar");
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong(
                        "a nested class that is not static",
                        "has a handler that is no bean: one.Outer$H",
                        new HandlerProject()
                                .source(
                                        "one.Outer",
                                        "public class Outer { " + HANDLER.formatted("@Component", "") + "}")),
                wrong(
                        "a lazy handler that throws",
                        "cannot be used: no key (IllegalStateException, thrown at one.H.<init>",
                        new HandlerProject()
                                .source(
                                        "one.H",
                                        HANDLER.formatted(
                                                "@Component @Lazy",
                                                "H() { throw new IllegalStateException(\"no key\"); }"))),
                wrong(
                        "a lazy rule that throws",
                        "cannot be used: no rule (IllegalStateException",
                        handler().source("one.Rules", """
                                @Configuration public class Rules {
                                    @Bean @Lazy FailureRule rule() { throw new IllegalStateException("no rule"); }
                                }
                                """)),
                wrong(
                        "a scope that nobody has",
                        "cannot be used: No Scope registered for scope name 'request'",
                        new HandlerProject().source("one.H", HANDLER.formatted("@Component @Scope(\"request\")", ""))),
                wrong(
                        "an exception that cannot say what it is",
                        "cannot be used: E (thrown at one.H.<init>",
                        new HandlerProject().source("one.H", HANDLER.formatted("@Component", """
                                static class E extends RuntimeException {
                                    public String getMessage() { throw new IllegalStateException(); }
                                }
                                H() { throw new E(); }
                                """))),
                wrong(
                        "a static initialiser that has thrown before",
                        "IllegalStateException: no licence",
                        new HandlerProject().source("one.H", HANDLER.formatted("@Component", """
                                static class Licence {
                                    static final int N = find();
                                    static int find() { throw new IllegalStateException("no licence"); }
                                }
                                H() {
                                    try {
                                        System.out.println(Licence.N);
                                    } catch (ExceptionInInitializerError e) {
                                        System.out.println(Licence.N);
                                    }
                                }
                                """))),
                wrong(
                        "classes in another folder",
                        "class one.H does not lie in the folder of its package",
                        handler().below("classes/")),
                wrong(
                        "a script of another encoding",
                        "has a migration that is no UTF-8: rpa-migration/acme/V1__X.sql",
                        handler()
                                .file(
                                        "rpa-migration/acme/V1__X.sql",
                                        "-- \u00e4".getBytes(StandardCharsets.ISO_8859_1))),
                wrong(
                        "a setting that is blank",
                        "its settings under rpa.handler.acme do not fit: apiKey must not be blank",
                        new HandlerProject()
                                .source(
                                        "one.H",
                                        HANDLER.formatted(
                                                "@Component",
                                                SETTINGS.formatted(
                                                        "@jakarta.validation.constraints.NotBlank String apiKey")))),
                wrong(
                        "a setting that is no number",
                        "its settings under rpa.handler.acme.port do not fit: it is no int",
                        new HandlerProject()
                                .source("one.H", HANDLER.formatted("@Component", SETTINGS.formatted("int port")))),
                wrong(
                        "a value that is no number",
                        "the value that it asks for is no int (injected into int one.H.port)",
                        new HandlerProject()
                                .source(
                                        "one.H",
                                        HANDLER.formatted(
                                                "@Component", "@Value(\"${rpa.handler.acme.port}\") int port;"))));
    }

    private static Arguments wrong(String what, String message, HandlerProject project) {
        return Arguments.argumentSet(what, message, project);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void aWrongJarIsRefusedByItsNameAndTellsNoSetting(String message, HandlerProject project) {
        settings.put("rpa.handler.acme.port", "hunter2");
        project.into(jar("one.jar"));

        assertThat(refused())
                .hasMessageContaining("one.jar")
                .hasMessageContaining(message)
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "V1_X.sql",
                "v1__x.sql",
                "V1__X.SQL",
                "V0__X.sql",
                "V0.0__X.sql",
                "V__X.sql",
                "V1__.sql",
                "1__X.sql",
                "U1__X.sql",
                "B1__X.sql",
                "r__X.sql",
                "readme.txt",
                "sub/V1_X.sql",
            })
    void aMigrationThatWouldNotBeRunIsRefused(String name) {
        handler().file("rpa-migration/acme/" + name, "select 1").into(jar("one.jar"));

        assertThat(refused())
                .hasMessageContaining(
                        "one.jar has files under rpa-migration/ that would not be run: [acme/" + name + "]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "V1__X.sql",
                "V0.1__X.sql",
                "V1_1__X.sql",
                "V20260101__a b.sql",
                "R__X.sql",
                "V1__X.sql.conf",
                "afterMigrate.sql",
                "beforeEachMigrate__x.sql",
                "sub/V001__X.sql",
            })
    void aMigrationThatFlywayRunsIsTaken(String name) {
        handler()
                .file("rpa-migration/acme/" + name, "select 1")
                .file("rpa-migration/acme/.gitkeep", "")
                .into(jar("one.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.migrations())
                    .singleElement()
                    .satisfies(it -> assertThat(it.scripts()).containsOnlyKeys(name));
        }
    }

    @Test
    void migrationsOfALibraryAreRunBeforeThoseOfHandlers() {
        handler().file("rpa-migration/acme/V1__X.sql", "select 1").into(jar("acme.jar"));
        new HandlerProject().file("rpa-migration/shared/V1__X.sql", "select 1").into(jar("shared.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.migrations()).extracting(OwnMigrations::name).containsExactly("shared", "acme");
        }
    }

    @Test
    void anOldVersionThatWasLeftBesideTheNewOneIsSuspected() {
        for (String version : new String[] {"acme-1.jar", "acme-2.jar"}) {
            handler().file("rpa-migration/acme/V1__X.sql", "select 1").into(jar(version));
        }

        assertThat(refused().action()).contains("Take one of them away if it is an old version of the other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b.jar", "h\u00e4\u00df.jar", "a#b.jar", "a%20b.jar", "a!.jar", "a+b.JAR", "a;b?.jar"})
    void anyNameWillDo(String name) {
        handler().into(jar(name));

        assertThatHandlersAre("one.H");
    }

    @Test
    void aFolderInWhichJavaReadsNoJarIsRefused() throws IOException {
        Path odd = Files.createDirectories(folder.resolve("new!"));
        handler().into(odd.resolve("one.jar"));
        settings.put("rpa.handlers", odd.toString());

        assertThat(refused()).hasMessageContaining("new! lies in a folder whose name ends with !");
    }

    @Test
    void whatIsNoJarIsTold(CapturedOutput output) throws IOException {
        handler().into(jar("one.jar"));
        Files.createDirectories(folder.resolve("lib"));
        Files.createDirectories(folder.resolve("..data"));
        Files.createDirectories(folder.resolve("lost+found"));
        Files.writeString(folder.resolve("two.jar.original"), "");
        Files.writeString(folder.resolve("tables.sql"), "");

        assertThatHandlersAre("one.H");
        assertThat(output).contains("has what is no jar and is passed over: [lib, two.jar.original].");
    }

    private static HandlerProject handler() {
        return new HandlerProject().source("one.H", HANDLER.formatted("@Component public", ""));
    }

    private Path jar(String name) {
        return folder.resolve(name);
    }

    private void assertThatHandlersAre(String... classes) {
        try (HandlerJars jars = open()) {
            assertThat(jars.handlers()).extracting(it -> it.origin().handler()).containsExactly(classes);
        }
    }

    private HandlerJars open() {
        settings.putIfAbsent("rpa.handlers", folder.toString());
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
        return new HandlerJars(environment, Map::of);
    }

    private HandlerJarException refused() {
        return Objects.requireNonNull(catchThrowableOfType(HandlerJarException.class, () -> open().close()));
    }
}
