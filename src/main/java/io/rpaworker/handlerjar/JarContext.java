package io.rpaworker.handlerjar;

import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.Redaction;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ClassPathBeanDefinitionScanner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FullyQualifiedAnnotationBeanNameGenerator;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.util.ClassUtils;

/** The application context of one jar, with a class loader of its own. */
final class JarContext implements AutoCloseable {

    private final HandlerJarFile jar;
    private final JarScan scan;
    private final AnnotationConfigApplicationContext context;
    private final LaterLifecycle lifecycle = new LaterLifecycle();

    JarContext(
            HandlerJarFile jar,
            JarScan scan,
            URLClassLoader classLoader,
            OfferedBeans offered,
            ConfigurableEnvironment environment) {
        this.jar = jar;
        this.scan = scan;
        this.context = new AnnotationConfigApplicationContext(new JarBeanFactory(offered));
        context.setId(jar.name());
        context.setDisplayName(jar.name());
        context.setClassLoader(classLoader);
        context.setEnvironment(JarEnvironment.of(environment));
        // Two packages may have a class of the same simple name.
        context.setBeanNameGenerator(FullyQualifiedAnnotationBeanNameGenerator.INSTANCE);
    }

    /** What every Spring Boot application has, and a handler's author relies on. */
    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties
    @EnableTransactionManagement(proxyTargetClass = true)
    static class Defaults {

        @Bean
        static PropertySourcesPlaceholderConfigurer placeholders() {
            return new PropertySourcesPlaceholderConfigurer();
        }
    }

    /** Makes the jar's beans; throws whatever its classes throw, errors too, or Spring about them. */
    void open() throws ReflectiveOperationException {
        ClassLoader classLoader = classLoader();
        new MissingClasses(jar, classLoader).first(scan).ifPresent(missing -> {
            throw missing;
        });
        ClassLoader before = ClassUtils.overrideThreadContextClassLoader(classLoader);
        try {
            lifecycle.setBeanFactory(context.getBeanFactory());
            context.getBeanFactory()
                    .registerSingleton(AnnotationConfigApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME, lifecycle);
            context.getBeanFactory().setConversionService(ApplicationConversionService.getSharedInstance());
            context.register(Defaults.class);
            scan();
            // Last, as in an application: their conditions ask for what is there already.
            for (String name : jar.autoConfigurations()) {
                context.register(Class.forName(name, false, classLoader));
            }
            context.refresh();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private void scan() {
        var scanner = new ClassPathBeanDefinitionScanner(
                context, true, context.getEnvironment(), new JarClasses(scan.components(), classLoader()));
        scanner.setBeanNameGenerator(FullyQualifiedAnnotationBeanNameGenerator.INSTANCE);
        scanner.scan(JarClasses.ALL);
    }

    private ClassLoader classLoader() {
        return Objects.requireNonNull(context.getClassLoader());
    }

    /** Its handlers, in no particular order; each with all rules of the jar. */
    List<HandlerBean> handlers() {
        List<Redaction> redactions =
                context.getBeanProvider(Redaction.class).orderedStream().toList();
        List<FailureRule> rules =
                context.getBeanProvider(FailureRule.class).orderedStream().toList();
        return context.getBeansOfType(FlowHandler.class).values().stream()
                .<HandlerBean>map(it -> new HandlerBean(
                        it,
                        new Origin(AopUtils.getTargetClass(it).getName(), jar.name(), jar.version()),
                        rules,
                        redactions))
                .toList();
    }

    /** The handlers' classes of which there is no bean, although no condition has kept one from being made. */
    List<String> forgotten() {
        Set<String> beans = handlers().stream().map(it -> it.origin().handler()).collect(Collectors.toSet());
        return scan.handlers().stream()
                .filter(it -> !beans.contains(it) && !scan.components().contains(it) && !scan.mayMake(it))
                .toList();
    }

    HandlerJarFile jar() {
        return jar;
    }

    /** Starts what of the jar's beans has a life cycle. */
    void start() {
        lifecycle.begin();
    }

    @Override
    public void close() {
        context.close();
    }

    /** Leaves beans that have a life cycle alone until the worker starts. */
    private static final class LaterLifecycle extends DefaultLifecycleProcessor {

        @Override
        public void onRefresh() {}

        private void begin() {
            super.onRefresh();
        }
    }
}
