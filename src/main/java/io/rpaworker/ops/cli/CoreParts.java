package io.rpaworker.ops.cli;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.env.Environment;
import org.springframework.core.type.filter.AssignableTypeFilter;
import org.springframework.stereotype.Component;
import org.springframework.util.ClassUtils;

/**
 * Makes known to Spring what a command needs of the core, and what that needs in turn. To scan for all of it, as the
 * worker does, takes longer than a command.
 *
 * <p>Settings are bound and not validated: the worker's start and the preflight do that, and whoever looks for what is
 * wrong is not to be refused for it.
 */
final class CoreParts {

    private static final String OURS = "io.rpaworker.";

    private final DefaultListableBeanFactory beans;
    private final Environment environment;
    private final List<Class<?>> without;
    private final Set<Class<?>> known = new HashSet<>();

    /**
     * Knows none yet.
     *
     * @param without types that are left out where all of a kind are asked for
     */
    CoreParts(DefaultListableBeanFactory beans, Environment environment, Class<?>... without) {
        this.beans = beans;
        this.environment = environment;
        this.without = List.of(without);
    }

    /** What is set of a kind. */
    static <T> T settings(Environment environment, Class<T> type) {
        ConfigurationProperties properties = type.getAnnotation(ConfigurationProperties.class);
        return Binder.get(environment)
                .bindOrCreate(Objects.requireNonNull(properties).value(), type);
    }

    /** Makes a part known, unless it is already. */
    <T> void need(Class<T> type) {
        if (!type.getName().startsWith(OURS)
                || !known.add(type)
                || beans.getBeanNamesForType(type, true, false).length > 0) {
            return;
        }
        if (type.isAnnotationPresent(ConfigurationProperties.class)) {
            beans.registerSingleton(type.getName(), settings(environment, type));
        } else if (type.isInterface()) {
            needAll(type, type.getPackageName());
        } else if (type.isAnnotationPresent(Component.class)) {
            beans.registerBeanDefinition(
                    type.getName(), new RootBeanDefinition(type, AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR, false));
            Stream.of(constructor(type).getGenericParameterTypes()).forEach(this::needParameter);
        }
    }

    /** Makes all parts of a kind known that are in a package. */
    void needAll(Class<?> kind, String name) {
        var scan = new ClassPathScanningCandidateComponentProvider(false);
        scan.setResourcePattern("*.class");
        scan.addIncludeFilter(new AssignableTypeFilter(kind));
        without.forEach(it -> scan.addExcludeFilter(new AssignableTypeFilter(it)));
        scan.findCandidateComponents(name)
                .forEach(it -> need(ClassUtils.resolveClassName(String.valueOf(it.getBeanClassName()), null)));
    }

    private void needParameter(Type parameter) {
        if (parameter instanceof Class<?> type) {
            need(type);
        } else if (parameter instanceof ParameterizedType generic
                && generic.getRawType() == List.class
                && generic.getActualTypeArguments()[0] instanceof Class<?> kind) {
            needAll(kind, kind.getPackageName());
        }
    }

    // As Spring chooses it.
    private static Constructor<?> constructor(Class<?> type) {
        Constructor<?>[] all = type.getDeclaredConstructors();
        return Stream.of(all)
                .filter(it -> it.isAnnotationPresent(Autowired.class))
                .findFirst()
                .orElseGet(() -> Stream.of(all)
                        .filter(it -> !Modifier.isPrivate(it.getModifiers()))
                        .findFirst()
                        .orElseThrow());
    }
}
