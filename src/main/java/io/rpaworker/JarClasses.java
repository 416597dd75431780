package io.rpaworker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;

/**
 * The classes of one jar, for a scanner. Spring's own search asks for folders, and finds nothing in a jar that has no
 * entries for them.
 */
final class JarClasses extends DefaultResourceLoader implements ResourcePatternResolver {

    /** What to scan for; any pattern finds all classes. */
    static final String ALL = "";

    private final Path jar;
    private final ClassLoader classLoader;

    JarClasses(Path jar, ClassLoader classLoader) {
        super(classLoader);
        this.jar = jar;
        this.classLoader = classLoader;
    }

    @Override
    public Resource[] getResources(String pattern) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(ZipEntry::getName)
                    .filter(JarClasses::isClassOfAPackage)
                    .map(name -> new ClassPathResource(name, classLoader))
                    .toArray(Resource[]::new);
        } catch (IOException e) {
            throw new IOException("Cannot read the handler jar " + jar, e);
        }
    }

    private static boolean isClassOfAPackage(String name) {
        return name.endsWith(".class") && name.contains("/") && !name.startsWith("META-INF/");
    }
}
