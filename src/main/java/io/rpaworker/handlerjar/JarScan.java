package io.rpaworker.handlerjar;

import io.rpaworker.handler.FlowHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.type.MethodMetadata;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.core.type.filter.TypeFilter;
import org.springframework.stereotype.Component;

/**
 * What a jar's classes are, as far as can be told without loading one.
 *
 * @param components the classes that a scan makes beans of, auto-configurations left out
 * @param handlers the handlers' classes, abstract ones left out
 * @param handlerBeans what its {@code @Bean} methods say that they return, if that is a handler
 */
record JarScan(List<String> components, List<String> handlers, List<String> handlerBeans) {

    private static final TypeFilter COMPONENT = new AnnotationTypeFilter(Component.class);
    private static final TypeFilter HANDLER = new AssignableTypeFilter(FlowHandler.class);

    static JarScan of(HandlerJarFile jar, MetadataReaderFactory readers, ClassLoader all) {
        var components = new ArrayList<String>();
        var handlers = new ArrayList<String>();
        var handlerBeans = new ArrayList<String>();
        for (String file : jar.classes()) {
            try {
                MetadataReader reader = readers.getMetadataReader(new ClassPathResource(file, all));
                String name = reader.getClassMetadata().getClassName();
                boolean component = COMPONENT.match(reader, readers);
                if (component && !jar.isAutoConfiguration(name)) {
                    components.add(name);
                }
                if (reader.getClassMetadata().isConcrete() && HANDLER.match(reader, readers)) {
                    handlers.add(name);
                }
                for (MethodMetadata method : reader.getAnnotationMetadata().getAnnotatedMethods(Bean.class.getName())) {
                    if (returnsHandler(method, readers)) {
                        handlerBeans.add(method.getReturnTypeName());
                    }
                }
            } catch (IOException | RuntimeException e) {
                throw new HandlerJarException(
                        "Class %s of %s cannot be read: %s"
                                .formatted(HandlerJarFile.className(file), jar.path(), e.getMessage()),
                        "Build the jar again.",
                        e);
            }
        }
        return new JarScan(components, handlers, handlerBeans);
    }

    private static boolean returnsHandler(MethodMetadata method, MetadataReaderFactory readers) {
        try {
            return HANDLER.match(readers.getMetadataReader(method.getReturnTypeName()), readers);
        } catch (IOException | RuntimeException e) {
            // A primitive, an array, or a class that is missing: whoever loads it will say so.
            return false;
        }
    }

    /** Whether it is a handler's jar; otherwise it is a library of those that are. */
    boolean hasHandlers(boolean anyAutoConfiguration) {
        return (!components.isEmpty() || anyAutoConfiguration) && !(handlers.isEmpty() && handlerBeans.isEmpty());
    }

    /** Whether some method may make a bean of this handler's class, as far as its return type tells. */
    boolean mayMake(String handler) {
        return handlerBeans.stream()
                .anyMatch(it -> it.equals(handler) || it.startsWith(FlowHandler.class.getPackageName() + "."));
    }
}
