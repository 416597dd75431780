package io.rpaworker.handlerjar;

import java.util.List;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;

/**
 * Some classes of one jar, for a scanner. Spring's own search asks for folders, and finds nothing in a jar that has no
 * entries for them.
 */
final class JarClasses extends DefaultResourceLoader implements ResourcePatternResolver {

    /** What to scan for; any pattern finds all classes. */
    static final String ALL = "";

    private final List<String> names;

    JarClasses(List<String> names, ClassLoader classLoader) {
        super(classLoader);
        this.names = names;
    }

    @Override
    public Resource[] getResources(String pattern) {
        return names.stream()
                .map(name -> new ClassPathResource(name.replace('.', '/') + ".class", getClassLoader()))
                .toArray(Resource[]::new);
    }
}
