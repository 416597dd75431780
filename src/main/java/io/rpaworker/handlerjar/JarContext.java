package io.rpaworker.handlerjar;

import io.rpaworker.handler.FailureRule;
import io.rpaworker.handler.FlowHandler;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.Redaction;
import io.rpaworker.handler.RunCompletion;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FullyQualifiedAnnotationBeanNameGenerator;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.util.ClassUtils;

/** The application context of one jar, with a class loader of its own. */
final class JarContext implements AutoCloseable {

    private final HandlerJarFile jar;
    private final JarScan scan;
    private final LaterContext context;
    private final JarFailure failures;
    private List<HandlerBean> handlers = List.of();
    private List<RunBean> runBeans = List.of();
    private List<String> forgotten = List.of();

    JarContext(
            HandlerJarFile jar,
            JarScan scan,
            URLClassLoader classLoader,
            OfferedBeans offered,
            ConfigurableEnvironment environment,
            JarFailure failures) {
        this.jar = jar;
        this.scan = scan;
        this.failures = failures;
        this.context = new LaterContext(new JarBeanFactory(offered));
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

    /**
     * Makes the jar's beans.
     *
     * @throws HandlerJarException about whatever its classes throw, errors too, or Spring about them
     */
    void open() {
        within(() -> {
            new MissingClasses(jar, classLoader()).first(scan).ifPresent(missing -> {
                throw missing;
            });
            context.getBeanFactory().setConversionService(ApplicationConversionService.getSharedInstance());
            context.register(Defaults.class);
            new JarScanner(context, scan.components()).scan();
            // Last, as in an application: their conditions ask for what is there already.
            for (String name : jar.autoConfigurations()) {
                context.register(Class.forName(name, false, classLoader()));
            }
            context.refresh();
            // Once: what is lazy or a prototype is made here.
            handlers = findHandlers();
            runBeans = findRunBeans();
            forgotten = findForgotten();
        });
    }

    /** Its handlers, in no particular order; each with all rules of the jar. */
    List<HandlerBean> handlers() {
        return handlers;
    }

    /** What it does for runs, in no particular order. */
    List<RunBean> runBeans() {
        return runBeans;
    }

    /**
     * The handlers' classes, and those of what is done for runs, of which there is no bean, although no condition has
     * kept one from being made.
     */
    List<String> forgotten() {
        return forgotten;
    }

    HandlerJarFile jar() {
        return jar;
    }

    /**
     * Starts what of the jar's beans has a life cycle, is scheduled, or waits for the context to be there.
     *
     * @throws HandlerJarException about whatever one of them throws
     */
    void start() {
        within(context::begin);
    }

    @Override
    public void close() {
        within(context::close);
    }

    private List<HandlerBean> findHandlers() {
        return context.getBeansOfType(FlowHandler.class).values().stream()
                .<HandlerBean>map(it -> new HandlerBean(it, it, origin(it), rules(), redactions()))
                .toList();
    }

    private List<RunBean> findRunBeans() {
        return Stream.concat(
                        context.getBeansOfType(RecordSource.class).values().stream(),
                        context.getBeansOfType(RunCompletion.class).values().stream())
                .distinct()
                .map(it -> new RunBean(it, origin(it), rules(), redactions()))
                .toList();
    }

    private Origin origin(Object bean) {
        return new Origin(AopUtils.getTargetClass(bean).getName(), jar.name(), jar.version());
    }

    private List<FailureRule> rules() {
        return context.getBeanProvider(FailureRule.class).orderedStream().toList();
    }

    private List<Redaction> redactions() {
        return context.getBeanProvider(Redaction.class).orderedStream().toList();
    }

    private List<String> findForgotten() {
        Set<String> beans = Stream.concat(
                        handlers.stream().map(HandlerBean::origin),
                        runBeans.stream().map(RunBean::origin))
                .map(Origin::handler)
                .collect(Collectors.toSet());
        return scan.handlers().stream()
                .filter(it -> !beans.contains(it) && !scan.components().contains(it) && !mayBeMade(it))
                .toList();
    }

    // Whether some method may make a bean of it, as far as its return type tells.
    private boolean mayBeMade(String handler) {
        Class<?> type = ClassUtils.resolveClassName(handler, classLoader());
        return scan.handlerBeans().stream()
                .anyMatch(it -> ClassUtils.resolveClassName(it, classLoader()).isAssignableFrom(type));
    }

    private ClassLoader classLoader() {
        return Objects.requireNonNull(context.getClassLoader());
    }

    private void within(Work work) {
        ClassLoader before = ClassUtils.overrideThreadContextClassLoader(classLoader());
        try {
            work.run();
        } catch (Throwable e) {
            throw failures.of(e);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** What runs the jar's code, which may throw anything. */
    private interface Work {

        void run() throws ReflectiveOperationException;
    }

    /** Is refreshed but for what would begin to work then: that has to wait for the worker's start. */
    private static final class LaterContext extends AnnotationConfigApplicationContext {

        private LaterContext(JarBeanFactory beans) {
            super(beans);
        }

        @Override
        protected void finishRefresh() {}

        private void begin() {
            super.finishRefresh();
        }
    }
}
