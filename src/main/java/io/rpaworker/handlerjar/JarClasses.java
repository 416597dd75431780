package io.rpaworker.handlerjar;

import java.util.List;
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

    private final List<String> files;

    JarClasses(List<String> files, ClassLoader classLoader) {
        super(classLoader);
        this.files = files;
    }

    @Override
    public Resource[] getResources(String pattern) {
        return files.stream()
                .map(file -> new ClassPathResource(file, getClassLoader()))
                .toArray(Resource[]::new);
    }
}
