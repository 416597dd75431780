package io.rpaworker;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.autoconfigure.metrics.TomcatMetricsAutoConfiguration;
import org.springframework.core.io.DefaultResourceLoader;

/** The worker: one process of any number of identical replicas. */
// Nothing here has sessions; to count them would start the platform's MBean server, a fiftieth of a start.
@SpringBootApplication(exclude = TomcatMetricsAutoConfiguration.class)
public class RpaWorkerApplication {

    /** Starts the worker; it runs until SIGTERM. */
    public static void main(String[] args) {
        TerminationSignal.exitWithZero();
        application().run(args);
    }

    /** The application with the handlers of the {@code handlers} folder. */
    public static SpringApplicationBuilder application() {
        HandlerJars handlers = HandlerJars.found();
        Thread.currentThread().setContextClassLoader(handlers.classLoader());
        return new SpringApplicationBuilder(RpaWorkerApplication.class)
                .resourceLoader(new DefaultResourceLoader(handlers.classLoader()))
                .initializers(handlers);
    }
}
