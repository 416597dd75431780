package io.rpaworker.handlerjar;

import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.RunCompletion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.type.ClassMetadata;
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
 * @param handlers the handlers' classes, and those of what is done for runs, abstract ones left out
 * @param handlerBeans what its {@code @Bean} methods say that they return, if that is a handler
 * @param incomplete whether the parent of a component is in no jar: it may well be a handler
 */
record JarScan(List<String> components, List<String> handlers, List<String> handlerBeans, boolean incomplete) {

    private static final Logger log = LoggerFactory.getLogger(JarScan.class);
    private static final TypeFilter COMPONENT = new AnnotationTypeFilter(Component.class);
    private static final List<TypeFilter> HANDLERS = List.of(
            new AssignableTypeFilter(FlowHandler.class),
            new AssignableTypeFilter(RecordSource.class),
            new AssignableTypeFilter(RunCompletion.class));

    static JarScan of(HandlerJarFile jar, MetadataReaderFactory readers, ClassLoader all) {
        var components = new ArrayList<String>();
        var handlers = new ArrayList<String>();
        var handlerBeans = new ArrayList<String>();
        boolean incomplete = false;
        for (String file : jar.classes()) {
            try {
                MetadataReader reader = readers.getMetadataReader(new ClassPathResource(file, all));
                ClassMetadata type = reader.getClassMetadata();
                // A scan takes no class that needs an instance of another one.
                if (type.isIndependent()
                        && COMPONENT.match(reader, readers)
                        && !jar.isAutoConfiguration(type.getClassName())) {
                    components.add(type.getClassName());
                    incomplete |= isAnyParentMissing(type, all);
                }
                if (type.isConcrete() && isHandler(reader, readers)) {
                    handlers.add(type.getClassName());
                }
                reader.getAnnotationMetadata().getAnnotatedMethods(Bean.class.getName()).stream()
                        .filter(method -> returnsHandler(method, readers))
                        .map(MethodMetadata::getReturnTypeName)
                        .forEach(handlerBeans::add);
            } catch (IOException | RuntimeException e) {
                // Some library's oddity: Java itself says so, should the class ever be used.
                log.debug("Class {} of {} is passed over", HandlerJarFile.className(file), jar.path(), e);
            }
        }
        return new JarScan(components, handlers, handlerBeans, incomplete);
    }

    private static boolean isAnyParentMissing(ClassMetadata type, ClassLoader all) {
        String parent = type.getSuperClassName();
        return Stream.concat(parent == null ? Stream.of() : Stream.of(parent), Stream.of(type.getInterfaceNames()))
                .anyMatch(name -> all.getResource(name.replace('.', '/') + ".class") == null);
    }

    private static boolean isHandler(MetadataReader reader, MetadataReaderFactory readers) throws IOException {
        for (TypeFilter handler : HANDLERS) {
            if (handler.match(reader, readers)) {
                return true;
            }
        }
        return false;
    }

    private static boolean returnsHandler(MethodMetadata method, MetadataReaderFactory readers) {
        try {
            return isHandler(readers.getMetadataReader(method.getReturnTypeName()), readers);
        } catch (IOException | RuntimeException e) {
            // A primitive, an array, or a class that is missing: whoever loads it will say so.
            return false;
        }
    }

    /** Whether it is a handler's jar; otherwise it is a library of those that are. */
    boolean hasHandlers(boolean anyAutoConfiguration) {
        boolean anyBean = !components.isEmpty() || anyAutoConfiguration;
        return anyBean && (incomplete || !handlers.isEmpty() || !handlerBeans.isEmpty());
    }
}
