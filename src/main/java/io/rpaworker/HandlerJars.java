package io.rpaworker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.ResourceLoaderAware;
import org.springframework.context.annotation.ClassPathBeanDefinitionScanner;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * Picks up handlers that live in another repository: every jar in the {@code handlers} folder of the working directory
 * joins the class path, and its {@code @Component} classes become beans. The folder is named by the system property
 * {@code rpa.handlers} or the variable {@code RPA_HANDLERS} where it is another one.
 */
@Component
class HandlerJars implements BeanDefinitionRegistryPostProcessor, EnvironmentAware, ResourceLoaderAware {

    private @Nullable Environment environment;
    private @Nullable ResourceLoader resourceLoader;

    HandlerJars() {}

    /** A class loader that has the jars' classes besides the application's. */
    static ClassLoader classLoader() {
        ClassLoader parent = RpaWorkerApplication.class.getClassLoader();
        List<Path> jars = jars();
        return jars.isEmpty()
                ? parent
                : new URLClassLoader(
                        "handlers", jars.stream().map(HandlerJars::url).toArray(URL[]::new), parent);
    }

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void setResourceLoader(ResourceLoader resourceLoader) {
        this.resourceLoader = resourceLoader;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        var scanner = new ClassPathBeanDefinitionScanner(registry);
        if (environment != null) {
            scanner.setEnvironment(environment);
        }
        for (Path jar : jars()) {
            String[] packages = packages(jar);
            if (resourceLoader != null) {
                scanner.setResourceLoader(new PathMatchingResourcePatternResolver(resourceLoader));
            }
            if (packages.length > 0) {
                int found = scanner.scan(packages);
                LoggerFactory.getLogger(HandlerJars.class).info("{}: {} beans", jar, found);
            }
        }
    }

    private static List<Path> jars() {
        String configured =
                System.getProperty("rpa.handlers", System.getenv().getOrDefault("RPA_HANDLERS", "handlers"));
        Path folder = Path.of(configured);
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

    // The roots of the jar's packages: a class of the default package, and whatever else is no class, does not count.
    private static String[] packages(Path jar) {
        try (var file = new JarFile(jar.toFile())) {
            List<String> all = file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith(".class") && name.contains("/") && !name.startsWith("META-INF/"))
                    .map(name -> name.substring(0, name.lastIndexOf('/')).replace('/', '.'))
                    .distinct()
                    .toList();
            return all.stream()
                    .filter(name -> all.stream().noneMatch(other -> name.startsWith(other + ".")))
                    .toArray(String[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the handler jar " + jar, e);
        }
    }
}
