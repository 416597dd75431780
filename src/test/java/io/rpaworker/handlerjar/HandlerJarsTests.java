package io.rpaworker.handlerjar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rpaworker.testing.HandlerProject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What is made of the jars of a folder; no database is asked. */
class HandlerJarsTests {

    private static final JdbcClient WORKERS = JdbcClient.create(new DriverManagerDataSource());

    @TempDir
    Path folder;

    private final Map<String, Object> settings = new HashMap<>();

    @Test
    void handlersOfSeveralJarsEachHaveAContextOfTheirOwn() {
        String counter = """
                static class Counter { int calls; }
                @Configuration static class Beans { @Bean Counter counter() { return new Counter(); } }
                @Autowired Counter counter;
                @Autowired JdbcClient jdbc;
                """;
        new HandlerProject().handler("one.H", "a", counter).version("1.2.0").into(jar("one.jar"));
        new HandlerProject().handler("two.H", "b", counter).into(jar("two.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers().stream().map(HandlerBean::origin))
                    .containsExactlyInAnyOrder(
                            new Origin("one.H", "one.jar", "1.2.0"), new Origin("two.H", "two.jar", null));
            assertThat(jars.handlers()).extracting("handler.jdbc").containsOnly(WORKERS);
        }
    }

    @Test
    void librariesBesideThemAreSeenByAllHandlers() {
        Path library = new HandlerProject()
                .source("lib.Tax", "public class Tax { public static int of(int n) { return n / 5; } }")
                .into(jar("lib.jar"));
        new HandlerProject()
                .with(library)
                .handler("one.H", "a", "int tax = lib.Tax.of(10);")
                .into(jar("one.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers()).extracting("handler.tax").containsExactly(2);
        }
    }

    @Test
    void aBeanOfTheJarsOwnIsMeantByItsNameAndTheWorkersByItsType() {
        new HandlerProject().handler("one.H", "a", """
                static JdbcClient own = JdbcClient.create(new org.springframework.jdbc.datasource.DriverManagerDataSource());
                @Configuration static class Beans { @Bean JdbcClient warehouse() { return own; } }
                final JdbcClient jdbc; final JdbcClient named; final JdbcClient qualified;
                H(JdbcClient jdbc, JdbcClient warehouse, @Qualifier("warehouse") JdbcClient other) {
                    this.jdbc = jdbc; named = warehouse; qualified = other;
                }
                public boolean isRight() { return named == own && qualified == own && jdbc != own; }
                """).into(jar("one.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers()).extracting("handler.jdbc").containsExactly(WORKERS);
            assertThat(jars.handlers()).extracting("handler.right").containsExactly(true);
        }
    }

    @Test
    void aPrimaryBeanOfTheJarsOwnIsMeantByItsTypeWithinTheJar() {
        String primary = """
                @Configuration static class Beans {
                    @Bean @Primary JdbcClient warehouse() {
                        return JdbcClient.create(new org.springframework.jdbc.datasource.DriverManagerDataSource());
                    }
                }
                @Autowired JdbcClient jdbc;
                """;
        new HandlerProject().handler("one.H", "a", primary).into(jar("one.jar"));
        new HandlerProject()
                .handler("two.H", "b", "@Autowired JdbcClient jdbc;")
                .into(jar("two.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers())
                    .filteredOn(it -> it.handler().flow().equals("a"))
                    .extracting("handler.jdbc")
                    .doesNotContain(WORKERS);
            assertThat(jars.handlers())
                    .filteredOn(it -> it.handler().flow().equals("b"))
                    .extracting("handler.jdbc")
                    .containsExactly(WORKERS);
        }
    }

    @Test
    void whatHasNoNameAndCouldBeEitherIsRefused() {
        new HandlerProject().withoutParameters().handler("one.H", "a", """
                @Configuration static class Beans {
                    @Bean JdbcClient warehouse() {
                        return JdbcClient.create(new org.springframework.jdbc.datasource.DriverManagerDataSource());
                    }
                }
                H(JdbcClient jdbc) {}
                """).into(jar("one.jar"));

        assertThat(refused()).hasMessageContaining("there are several: [warehouse, jdbcClient]");
    }

    @Test
    void settingsOfTheWorkerReachAHandler() {
        settings.put("rpa.handler.acme.api-url", "https://acme.example");
        settings.put("rpa.handler.acme.patience", "90s");
        new HandlerProject().handler("one.H", "a", """
                @org.springframework.boot.context.properties.ConfigurationProperties("rpa.handler.acme")
                record Settings(String apiUrl, java.time.Duration patience) {}
                @Configuration
                @org.springframework.boot.context.properties.EnableConfigurationProperties(Settings.class)
                static class Beans {}
                final String text;
                H(Settings settings, @Value("${rpa.handler.acme.patience}") java.time.Duration patience) {
                    text = settings + " " + patience;
                }
                """).into(jar("one.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers())
                    .extracting("handler.text")
                    .containsExactly("Settings[apiUrl=https://acme.example, patience=PT1M30S] PT1M30S");
        }
    }

    @Test
    void whatAJarSetsNobodyElseSees() {
        new HandlerProject()
                .file("own.properties", "rpa.handler.acme.url=mine\nspring.datasource.url=stolen")
                .handler("one.H", "a", """
                        @Configuration @PropertySource("classpath:own.properties") static class Beans {}
                        @Value("${rpa.handler.acme.url}") String url;
                        """)
                .into(jar("one.jar"));
        new HandlerProject()
                .handler("two.H", "b", "@Value(\"${rpa.handler.acme.url:nothing}\") String url;")
                .into(jar("two.jar"));
        var environment = environment();

        try (HandlerJars jars = new HandlerJars(environment, () -> Map.of("jdbcClient", WORKERS))) {
            assertThat(jars.handlers()).extracting("handler.url").containsExactlyInAnyOrder("mine", "nothing");
            assertThat(environment.getProperty("spring.datasource.url")).isNull();
        }
    }

    @Test
    void anApplicationClassInAJarBringsItsBeansAndNoApplication() {
        new HandlerProject()
                .source(
                        "one.App",
                        "@org.springframework.boot.autoconfigure.SpringBootApplication public class App {"
                                + " public static void main(String[] args) {} }")
                .handler("one.H", "a", "")
                .into(jar("one.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers()).extracting(it -> it.origin().handler()).containsExactly("one.H");
        }
    }

    @Test
    void aHandlerMayComeByAnAutoConfigurationOfItsJar() {
        new HandlerProject()
                .source("one.Auto", """
                        @org.springframework.boot.autoconfigure.AutoConfiguration
                        public class Auto {
                            @Bean @org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean
                            RecordHandler<?, ?> handler() { return new H(); }
                        }
                        class H implements RecordHandler<H.P, Void> {
                            record P() {}
                            public String flow() { return "a"; }
                            public Outcome<Void> handle(WorkRecord<P> r) { return Outcome.completed(null); }
                        }
                        """)
                .file(
                        "META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports",
                        "# ours\none.Auto\n")
                .into(jar("one.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers()).extracting(it -> it.origin().handler()).containsExactly("one.H");
        }
    }

    @Test
    void aHandlerThatAConditionSwitchesOffIsNotMissed() {
        new HandlerProject().handler("one.H", "a", "").source("one.Off", """
                        @Component @Profile("nowhere")
                        public class Off implements RecordHandler<Off.P, Void> {
                            record P() {}
                            public String flow() { return "b"; }
                            public Outcome<Void> handle(WorkRecord<P> r) { return Outcome.completed(null); }
                        }
                        """).into(jar("one.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers()).hasSize(1);
        }
    }

    @Test
    void beansWithALifeCycleStartWithTheWorkerAndEndWithIt() {
        new HandlerProject().handler("one.H", "a", """
                static String log = "";
                @Component static class Cycle implements org.springframework.context.SmartLifecycle {
                    boolean on;
                    public void start() { on = true; log += "start "; }
                    public void stop() { on = false; log += "stop "; }
                    public boolean isRunning() { return on; }
                }
                public String getLog() { return log; }
                """).into(jar("one.jar"));

        HandlerBean handler;
        try (HandlerJars jars = open()) {
            handler = jars.handlers().getFirst();
            assertThat(handler.handler()).extracting("log").isEqualTo("");
            jars.start();
            assertThat(handler.handler()).extracting("log").isEqualTo("start ");
        }
        assertThat(handler.handler()).extracting("log").isEqualTo("start stop ");
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong(
                        "with the worker inside",
                        "has classes of rpa-worker itself",
                        it -> new HandlerProject()
                                .handler("one.H", "a", "")
                                .file("io/rpaworker/handler/Outcome.class", new byte[] {1})
                                .into(it)),
                wrong(
                        "repackaged",
                        "was repackaged as an application",
                        it -> new HandlerProject()
                                .handler("one.H", "a", "")
                                .below("BOOT-INF/classes/")
                                .into(it)),
                wrong(
                        "a war",
                        "was repackaged as an application",
                        it -> new HandlerProject()
                                .handler("one.H", "a", "")
                                .below("WEB-INF/classes/")
                                .into(it)),
                wrong(
                        "for a newer Java",
                        "is compiled for Java 99",
                        it -> new HandlerProject()
                                .handler("one.H", "a", "")
                                .file("one/New.class", new byte[] {
                                    (byte) 0xca, (byte) 0xfe, (byte) 0xba, (byte) 0xbe, 0, 0, 0, (byte) (44 + 99)
                                })
                                .into(it)),
                wrong("empty", "cannot be read as a jar", Files::createFile),
                wrong("no jar at all", "cannot be read as a jar", it -> Files.writeString(it, "<html>404</html>")),
                wrong("cut off", "cannot be read as a jar", it -> {
                    byte[] whole = Files.readAllBytes(
                            new HandlerProject().handler("one.H", "a", "").into(it));
                    Files.write(it, Arrays.copyOf(whole, whole.length - 100));
                }),
                wrong("damaged", "one.jar", it -> {
                    byte[] whole = Files.readAllBytes(
                            new HandlerProject().handler("one.H", "a", "").into(it));
                    Arrays.fill(whole, 200, 260, (byte) 7);
                    Files.write(it, whole);
                }),
                wrong("a folder", "is a folder, no jar", Files::createDirectory),
                wrong("a dead link", "leads to no file", it -> Files.createSymbolicLink(it, Path.of("nowhere"))),
                wrong(
                        "no bean",
                        "has a handler that is no bean: one.Forgotten",
                        it -> new HandlerProject()
                                .handler("one.H", "a", "")
                                .source("one.Forgotten", """
                                public class Forgotten implements BatchRecordHandler<H.Payload, Void> {
                                    public String flow() { return "b"; }
                                    public List<Outcome<Void>> handle(List<WorkRecord<H.Payload>> b) { return null; }
                                }
                                """)
                                .into(it)),
                wrong(
                        "no bean at all",
                        "has a handler that is no bean: one.H",
                        it -> new HandlerProject().source("one.H", """
                                public class H implements RecordHandler<H.P, Void> {
                                    record P() {}
                                    public String flow() { return "b"; }
                                    public Outcome<Void> handle(WorkRecord<P> r) { return null; }
                                }
                                """).into(it)),
                wrong(
                        "a constructor that throws",
                        "cannot be used: ACME_API_KEY is not set (",
                        it -> new HandlerProject()
                                .handler(
                                        "one.H",
                                        "a",
                                        "H() { throw new IllegalStateException(\"ACME_API_KEY is not set\"); }")
                                .into(it)),
                wrong(
                        "a bean that throws",
                        "cannot be used: no route (UnknownHostException, thrown at one.H$Beans.client",
                        it -> new HandlerProject().handler("one.H", "a", """
                                        @Configuration static class Beans {
                                            @Bean Object client() throws Exception {
                                                throw new RuntimeException("wrapped", new java.net.UnknownHostException("no route"));
                                            }
                                        }
                                        """).into(it)),
                wrong(
                        "a static initialiser that throws",
                        "cannot be used: no licence (",
                        it -> new HandlerProject().handler("one.H", "a", """
                                static int n = licence();
                                static int licence() { throw new IllegalStateException("no licence"); }
                                """).into(it)),
                wrong(
                        "a setting that is missing",
                        "needs a setting that is not set",
                        it -> new HandlerProject()
                                .handler("one.H", "a", "@Value(\"${rpa.handler.acme.key}\") String key;")
                                .into(it)),
                wrong(
                        "a bean that is missing",
                        "asks for a bean of type one.H$Client",
                        it -> new HandlerProject()
                                .handler("one.H", "a", "static class Client {} @Autowired Client client;")
                                .into(it)),
                wrong(
                        "without SurveyHub",
                        "reads SurveyHub, which is not configured",
                        it -> new HandlerProject()
                                .handler("one.H", "a", "@Autowired io.rpaworker.surveyhub.SurveyHub surveyHub;")
                                .into(it)),
                wrong(
                        "two beans of a name",
                        "two beans of the name client",
                        it -> new HandlerProject().handler("one.H", "a", """
                                @Configuration static class A { @Bean Object client() { return this; } }
                                @Configuration static class B { @Bean Object client() { return this; } }
                                """).into(it)),
                wrong(
                        "another version of a library",
                        "does not fit the libraries",
                        it -> new HandlerProject()
                                .handler("one.H", "a", "H() { throw new NoSuchMethodError(\"org.acme.Lib.of(int)\"); }")
                                .into(it)),
                wrong(
                        "migrations without a name",
                        "that no history can be kept of",
                        it -> new HandlerProject()
                                .handler("one.H", "a", "")
                                .file("rpa-migration/V1__Create.sql", "select 1")
                                .into(it)),
                wrong(
                        "migrations with a bad name",
                        "that no history can be kept of",
                        it -> new HandlerProject()
                                .handler("one.H", "a", "")
                                .file("rpa-migration/Acme-Co/V1__Create.sql", "select 1")
                                .into(it)));
    }

    private static Arguments wrong(String what, String message, Making making) {
        return Arguments.argumentSet(what, message, making);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void aWrongJarIsRefusedByItsName(String message, Making making) throws IOException {
        making.make(jar("one.jar"));

        assertThat(refused()).hasMessageContaining("one.jar").hasMessageContaining(message);
        assertThat(refused().action()).isNotBlank();
    }

    @Test
    void whatMacOsKeepsBesideAJarIsRefused() throws IOException {
        new HandlerProject().handler("one.H", "a", "").into(jar("one.jar"));
        Files.writeString(jar("._one.jar"), "resource fork");

        assertThat(refused()).hasMessageContaining("._one.jar is no jar: macOS keeps such files");
    }

    @Test
    void aLibraryThatIsMissingIsNamedByTheClassThatIsNeeded() throws IOException {
        Path library = new HandlerProject()
                .source("lib.Tax", "public class Tax { public Tax() {} }")
                .into(jar("lib.jar"));
        new HandlerProject()
                .with(library)
                .handler("one.H", "a", "final lib.Tax tax = new lib.Tax();")
                .into(jar("one.jar"));
        Files.delete(library);

        assertThat(refused())
                .hasMessageContaining("one.jar")
                .hasMessageContaining(
                        "it needs class lib.Tax, which neither it, nor a library beside it, nor the worker has");
    }

    @Test
    void aLibraryThatOnlyARecordWouldMissIsNamedAtTheStart() throws IOException {
        Path library = new HandlerProject()
                .source("lib.Tax", "public class Tax { public static Tax[] of(int n) { return new Tax[n]; } }")
                .into(jar("lib.jar"));
        new HandlerProject()
                .with(library)
                .handler("one.H", "a", "void later() { Helper.help(); }")
                .source("one.Helper", "class Helper { static Object help() { return lib.Tax.of(3); } }")
                .into(jar("one.jar"));
        Files.delete(library);

        assertThat(refused())
                .hasMessageContaining("it needs class lib.Tax, which neither it")
                .hasMessageContaining("one.Helper");
    }

    @Test
    void aLibraryThatHasAHandlersParentIsMissedToo() throws IOException {
        Path library = new HandlerProject().source("lib.Base", """
                        public abstract class Base implements RecordHandler<Base.P, Void> {
                            public record P() {}
                            public Outcome<Void> handle(WorkRecord<P> r) { return Outcome.completed(null); }
                        }
                        """).into(jar("lib.jar"));
        new HandlerProject()
                .with(library)
                .source(
                        "one.H",
                        "@Component public class H extends lib.Base { public String flow() { return \"a\"; } }")
                .into(jar("one.jar"));
        try (HandlerJars jars = open()) {
            assertThat(jars.handlers()).hasSize(1);
        }

        Files.delete(library);

        assertThat(refused()).hasMessageContaining("it needs class lib.Base, which neither it");
    }

    @Test
    void componentsOfALibraryAreBeansWhereAHandlersJarImportsThem() {
        Path library = new HandlerProject()
                .source("lib.Client", "@Component public class Client {}")
                .into(jar("lib.jar"));
        new HandlerProject().with(library).handler("one.H", "a", """
                        @Configuration @Import(lib.Client.class) static class Beans {}
                        @Autowired lib.Client client;
                        """).into(jar("one.jar"));
        try (HandlerJars jars = open()) {
            assertThat(jars.handlers()).extracting("handler.client").doesNotContainNull();
        }

        new HandlerProject()
                .with(library)
                .handler("one.H", "a", "@Autowired lib.Client client;")
                .into(jar("one.jar"));

        assertThat(refused()).hasMessageContaining("asks for a bean of type lib.Client");
    }

    @Test
    void aClassThatNobodyCanReadIsPassedOver() {
        new HandlerProject()
                .handler("one.H", "a", "")
                .file(
                        "odd/Odd.class",
                        new byte[] {(byte) 0xca, (byte) 0xfe, (byte) 0xba, (byte) 0xbe, 0, 0, 0, 50, 9, 9, 9})
                .into(jar("one.jar"));

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers()).hasSize(1);
        }
    }

    @Test
    void whatAFatJarsLibrariesDoWithoutIsNotMissed() throws IOException {
        Path optional = new HandlerProject()
                .source("lib.Extra", "public class Extra { public static int of() { return 1; } }")
                .into(jar("lib.jar"));
        new HandlerProject()
                .with(optional)
                .handler("one.H", "a", "")
                .source("shaded.Library", "public class Library { static int extra() { return lib.Extra.of(); } }")
                .into(jar("one.jar"));
        Files.delete(optional);

        try (HandlerJars jars = open()) {
            assertThat(jars.handlers()).hasSize(1);
        }
    }

    @Test
    void aClassOfAnotherHandlersJarIsRefusedAndTheJarNamed() {
        Path other = new HandlerProject().handler("two.H", "b", "").into(jar("two.jar"));
        new HandlerProject()
                .with(other)
                .handler("one.H", "a", "final two.H other = new two.H();")
                .into(jar("one.jar"));

        assertThat(refused())
                .hasMessageContaining("it needs class two.H, which is in another handler's jar")
                .hasMessageContaining("two.jar");
    }

    @Test
    void twoJarsWithMigrationsOfOneNameAreRefused() {
        new HandlerProject()
                .handler("one.H", "a", "")
                .file("rpa-migration/acme/V1__A.sql", "")
                .into(jar("one.jar"));
        new HandlerProject()
                .handler("two.H", "b", "")
                .file("rpa-migration/acme/V1__B.sql", "")
                .into(jar("two.jar"));

        assertThat(refused()).hasMessageContaining("both have migrations named acme");
    }

    @Test
    void aFolderThatIsNamedAndNotThereIsRefused() {
        settings.put("rpa.handlers", folder.resolve("nowhere").toString());

        assertThat(refused()).hasMessageContaining("nowhere does not exist");
    }

    interface Making {

        void make(Path jar) throws IOException;
    }

    private Path jar(String name) {
        return folder.resolve(name);
    }

    private HandlerJars open() {
        return new HandlerJars(environment(), () -> Map.of("jdbcClient", WORKERS));
    }

    private HandlerJarException refused() {
        return Objects.requireNonNull(catchThrowableOfType(HandlerJarException.class, () -> open().close()));
    }

    private StandardEnvironment environment() {
        settings.putIfAbsent("rpa.handlers", folder.toString());
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", settings));
        return environment;
    }
}
