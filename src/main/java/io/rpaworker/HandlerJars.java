package io.rpaworker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.ClassPathBeanDefinitionScanner;
import org.springframework.context.annotation.FullyQualifiedAnnotationBeanNameGenerator;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Picks up handlers that live in another repository: every jar in the {@code handlers} folder of the working directory
 * joins the class path, and its {@code @Component} classes become beans, just as the worker's own. The folder is named
 * by the system property {@code rpa.handlers} or the variable {@code RPA_HANDLERS} where it is another one.
 */
final class HandlerJars implements ApplicationContextInitializer<GenericApplicationContext> {

    private static final Logger log = LoggerFactory.getLogger(HandlerJars.class);

    private final List<Path> jars;
    private final ClassLoader classLoader;

    private HandlerJars(List<Path> jars, ClassLoader classLoader) {
        this.jars = jars;
        this.classLoader = classLoader;
    }

    static HandlerJars found() {
        ClassLoader parent = RpaWorkerApplication.class.getClassLoader();
        List<Path> jars = jars(
                Path.of(System.getProperty("rpa.handlers", System.getenv().getOrDefault("RPA_HANDLERS", "handlers"))));
        URL[] urls = jars.stream().map(HandlerJars::url).toArray(URL[]::new);
        return new HandlerJars(jars, jars.isEmpty() ? parent : new URLClassLoader("handlers", urls, parent));
    }

    /** Has the jars' classes besides the application's. */
    ClassLoader classLoader() {
        return classLoader;
    }

    // Before the application's own classes are read, so that a handler's @Bean methods and settings count as well.
    @Override
    public void initialize(GenericApplicationContext context) {
        for (Path jar : jars) {
            var scanner = new ClassPathBeanDefinitionScanner(
                    context, true, context.getEnvironment(), new JarClasses(jar, classLoader));
            // Two repositories may have a class of the same simple name.
            scanner.setBeanNameGenerator(FullyQualifiedAnnotationBeanNameGenerator.INSTANCE);
            scanner.addExcludeFilter(new AutoConfigurations(classLoader));
            log.info("{}: {} beans", jar, scanner.scan(JarClasses.ALL));
        }
    }

    private static List<Path> jars(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the handlers folder " + folder, e);
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException("Cannot name " + jar, e);
        }
    }
}
