package io.rpaworker.handlerjar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.type.classreading.CachingMetadataReaderFactory;
import org.springframework.stereotype.Component;

/** The jars of the handlers folder: those with handlers, each in a context of its own, and the libraries of all. */
@Component
public class HandlerJars implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HandlerJars.class);

    private final List<JarContext> contexts = new ArrayList<>();
    private final List<OwnMigrations> migrations = new ArrayList<>();
    private final List<URLClassLoader> classLoaders = new ArrayList<>();

    /**
     * Makes the beans of all jars. Nothing of the worker's has touched a database by then.
     *
     * @throws HandlerJarException about the first jar that is wrong, with what to do
     */
    HandlerJars(ConfigurableEnvironment environment, WorkerBeans beans) {
        try {
            open(JarFolder.jars(environment).stream().map(HandlerJarFile::read).toList(), environment, beans);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** The handlers of all jars. */
    public List<HandlerBean> handlers() {
        return contexts.stream().flatMap(it -> it.handlers().stream()).toList();
    }

    /** What the jars do for the runs of flows, in no particular order. */
    public List<RunBean> runBeans() {
        return contexts.stream().flatMap(it -> it.runBeans().stream()).toList();
    }

    /** The migrations that jars bring for their own tables, each with its history; to be run before anything starts. */
    public List<OwnMigrations> migrations() {
        return List.copyOf(migrations);
    }

    private void open(List<HandlerJarFile> jars, ConfigurableEnvironment environment, WorkerBeans beans) {
        if (jars.isEmpty()) {
            return;
        }
        Map<HandlerJarFile, JarScan> scans = scans(jars);
        List<HandlerJarFile> withHandlers = jars.stream()
                .filter(it ->
                        scan(scans, it).hasHandlers(!it.autoConfigurations().isEmpty()))
                .toList();
        List<HandlerJarFile> libraries =
                jars.stream().filter(it -> !withHandlers.contains(it)).toList();
        libraries.forEach(it -> report(it, scan(scans, it)));
        for (HandlerJarFile jar : withHandlers) {
            List<HandlerJarFile> others =
                    withHandlers.stream().filter(it -> !it.equals(jar)).toList();
            var offered = new OfferedBeans(beans);
            var failures = new JarFailure(jar, others, List.of(offered.getSingletonNames()));
            var context =
                    new JarContext(jar, scan(scans, jar), classLoader(jar, libraries), offered, environment, failures);
            contexts.add(context);
            context.open();
            refuseForgotten(jar, context.forgotten());
            report(context);
        }
        refuseForgottenInLibraries(libraries, scans);
        Stream.concat(libraries.stream(), withHandlers.stream())
                .forEach(it -> OwnMigrations.of(it).ifPresent(migrations::add));
        refuseSharedHistories();
    }

    private static JarScan scan(Map<HandlerJarFile, JarScan> scans, HandlerJarFile jar) {
        return Objects.requireNonNull(scans.get(jar));
    }

    // Over all jars at once: a handler's parent may be in a library.
    private static Map<HandlerJarFile, JarScan> scans(List<HandlerJarFile> jars) {
        var scans = new LinkedHashMap<HandlerJarFile, JarScan>();
        try (var all = classLoader("all handlers", jars.stream())) {
            var readers = new CachingMetadataReaderFactory(new DefaultResourceLoader(all));
            jars.forEach(jar -> scans.put(jar, JarScan.of(jar, readers, all)));
        } catch (IOException e) {
            throw new UncheckedIOException("The handlers' jars cannot be closed", e);
        }
        return scans;
    }

    private URLClassLoader classLoader(HandlerJarFile jar, List<HandlerJarFile> libraries) {
        URLClassLoader classLoader = classLoader(jar.name(), Stream.concat(Stream.of(jar), libraries.stream()));
        classLoaders.add(classLoader);
        return classLoader;
    }

    private static URLClassLoader classLoader(String name, Stream<HandlerJarFile> jars) {
        URL[] urls = jars.map(it -> url(it.path())).toArray(URL[]::new);
        return new URLClassLoader(name, urls, HandlerJars.class.getClassLoader());
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException("Cannot name " + jar, e);
        }
    }

    private static void refuseForgotten(HandlerJarFile jar, List<String> forgotten) {
        if (!forgotten.isEmpty()) {
            throw new HandlerJarException(
                    "%s has a handler that is no bean: %s".formatted(jar.text(), String.join(", ", forgotten)),
                    "Put @Component on the class and make it static if it is nested, or make it abstract if others"
                            + " extend it.");
        }
    }

    // A handler in a library may be some other jar's bean.
    private void refuseForgottenInLibraries(List<HandlerJarFile> libraries, Map<HandlerJarFile, JarScan> scans) {
        List<String> beans = Stream.concat(
                        handlers().stream().map(HandlerBean::origin),
                        runBeans().stream().map(RunBean::origin))
                .map(Origin::handler)
                .toList();
        libraries.forEach(jar -> refuseForgotten(
                jar,
                scan(scans, jar).handlers().stream()
                        .filter(it -> !beans.contains(it))
                        .toList()));
    }

    private void refuseSharedHistories() {
        var jarsByName = new HashMap<String, String>();
        migrations.forEach(it -> {
            String other = jarsByName.put(it.name(), it.jar());
            if (other != null) {
                throw new HandlerJarException(
                        "%s and %s both have migrations named %s".formatted(other, it.jar(), it.name()),
                        "Take one of them away if it is an old version of the other; otherwise give the folder %s%s/ of"
                                        .formatted(OwnMigrations.FOLDER, it.name())
                                + " one of them another name.");
            }
        });
    }

    private static void report(HandlerJarFile library, JarScan scan) {
        if (scan.components().isEmpty()) {
            log.info("{} has no handler and is a library of those that have", library.text());
        } else {
            log.warn(
                    "{} has no handler and is a library of those that have: no beans are made of its components, such as"
                            + " {}, unless a handler's jar has @Import for them",
                    library.text(),
                    scan.components().getFirst());
        }
    }

    private static void report(JarContext context) {
        HandlerJarFile jar = context.jar();
        List<String> handlers = context.handlers().stream()
                .map(it -> it.origin().handler())
                .sorted()
                .toList();
        log.info("{} brings {}", jar.text(), handlers.isEmpty() ? "no handler that is switched on" : handlers);
        if (!jar.ignored().isEmpty()) {
            log.warn(
                    "{} has files that do not configure the worker and are passed over: {}. A handler's settings belong"
                            + " under rpa.handler.<name> in application-<env>.yml, its migrations into {}<name>/",
                    jar.path(),
                    jar.ignored(),
                    OwnMigrations.FOLDER);
        }
    }

    /**
     * Starts what of the jars' beans has a life cycle; to be called once, before the first record is handled.
     *
     * @throws HandlerJarException about the first that does not start
     */
    public void start() {
        contexts.forEach(JarContext::start);
    }

    /** Ends the jars' contexts, once nothing uses their handlers any more. */
    @Override
    public void close() {
        contexts.reversed().forEach(JarContext::close);
        for (URLClassLoader classLoader : classLoaders) {
            try {
                classLoader.close();
            } catch (IOException e) {
                log.debug("{} cannot be closed", classLoader.getName(), e);
            }
        }
    }
}
