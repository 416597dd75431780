package io.rpaworker.handlerjar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.ClassPathBeanDefinitionScanner;
import org.springframework.context.annotation.FullyQualifiedAnnotationBeanNameGenerator;
import org.springframework.context.annotation.ScannedGenericBeanDefinition;
import org.springframework.core.io.UrlResource;

/**
 * Makes beans of the components of one jar. Spring's own search asks for folders, and finds nothing in a jar that has
 * no entries for them; where any jar has an index of components it looks nowhere else.
 */
final class JarScanner extends ClassPathBeanDefinitionScanner {

    private final List<String> components;
    private final ClassLoader classLoader;

    JarScanner(AnnotationConfigApplicationContext context, List<String> components) {
        super(context, true, context.getEnvironment(), context);
        this.components = components;
        this.classLoader = Objects.requireNonNull(context.getClassLoader());
        setBeanNameGenerator(FullyQualifiedAnnotationBeanNameGenerator.INSTANCE);
    }

    /** Registers all of them but those that a condition keeps out. */
    void scan() {
        scan("");
    }

    @Override
    public Set<BeanDefinition> findCandidateComponents(String all) {
        var found = new LinkedHashSet<BeanDefinition>();
        for (String component : components) {
            try {
                var reader = getMetadataReaderFactory().getMetadataReader(resource(component));
                var definition = new ScannedGenericBeanDefinition(reader);
                definition.setSource(reader.getResource());
                if (isCandidateComponent(reader) && isCandidateComponent(definition)) {
                    found.add(definition);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    // What a @ComponentScan of the jar's own calls it by: it takes the bean for another one otherwise.
    private UrlResource resource(String component) {
        URL url = classLoader.getResource(component.replace('.', '/') + ".class");
        if (url == null) {
            throw new IllegalStateException("class %s does not lie in the folder of its package".formatted(component));
        }
        return new UrlResource(url);
    }
}
