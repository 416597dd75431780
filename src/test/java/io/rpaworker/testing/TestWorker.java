package io.rpaworker.testing;

import io.rpaworker.RpaWorkerApplication;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The whole application inside a test's JVM, on the test's database, with the test's handlers. */
public final class TestWorker implements AutoCloseable {

    // The logging system is the JVM's: of applications that start at once, one after the other sets it up.
    private static final ReentrantLock LOGGING = new ReentrantLock();

    private final ConfigurableApplicationContext context;

    private TestWorker(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** What a start needs. */
    public static final class Builder {

        private final Map<String, Object> properties = new LinkedHashMap<>();
        private final Map<String, Function<BeanFactory, ?>> beans = new LinkedHashMap<>();

        private Builder(RpaDb db) {
            property("spring.datasource.url", db.url());
            property("spring.datasource.username", "postgres");
            property("management.server.port", "0");
            property("rpa.global.poll-interval", "50ms");
            property("rpa.worker.lease", "3s");
            property("rpa.worker.heartbeat-interval", "500ms");
            property("rpa.maintenance.sweep-interval", "500ms");
            property("rpa.worker.watermark-sweep", "200ms");
            property("rpa.worker.drain-timeout", "5s");
            property("rpa.monitoring.count-reuse", "0");
        }

        /** Sets a property. */
        public Builder property(String name, String value) {
            properties.put(name, value);
            return this;
        }

        /** Enables a flow. */
        public Builder flow(String flow) {
            return property("rpa.flows." + flow + ".enabled", "true");
        }

        /** Adds a bean, a handler for instance. */
        public Builder bean(Object bean) {
            return bean(beans -> bean);
        }

        /** Adds a bean that needs others; they are there once it is used. */
        public Builder bean(Function<BeanFactory, ?> bean) {
            beans.put("testBean" + beans.size(), bean);
            return this;
        }

        /** Starts the application. */
        public TestWorker start() {
            LOGGING.lock();
            try {
                return new TestWorker(run());
            } finally {
                loggingIsSetUp();
            }
        }

        private ConfigurableApplicationContext run() {
            return new SpringApplicationBuilder(RpaWorkerApplication.class)
                    .properties(properties)
                    .initializers(context -> {
                        loggingIsSetUp();
                        if (context instanceof GenericApplicationContext generic) {
                            beans.forEach((name, bean) -> generic.getBeanFactory()
                                    .registerSingleton(name, bean.apply(generic.getBeanFactory())));
                        }
                    })
                    .run(properties.entrySet().stream()
                            .map(it -> "--" + it.getKey() + "=" + it.getValue())
                            .toArray(String[]::new));
        }

        private static void loggingIsSetUp() {
            if (LOGGING.isHeldByCurrentThread()) {
                LOGGING.unlock();
            }
        }
    }

    /** A worker on a database, with short leases. */
    public static Builder on(RpaDb db) {
        return new Builder(db);
    }

    /** Waits until the worker has brought something about. */
    public void until(BooleanSupplier reached) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(reached::getAsBoolean);
    }

    /** A bean of the application. */
    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** The port of the pages, which a test has to open, or with {@code management} that of the actuator. */
    public int port(boolean management) {
        String property = management ? "local.management.port" : "local.server.port";
        return context.getEnvironment().getRequiredProperty(property, Integer.class);
    }

    @Override
    public void close() {
        context.close();
    }
}
