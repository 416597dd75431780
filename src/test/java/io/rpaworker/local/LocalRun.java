package io.rpaworker.local;

import io.rpaworker.RpaWorkerApplication;
import io.rpaworker.queue.StatusCounts;
import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** Starts the worker with everything it needs, gives it every survey, and says how it went. */
public final class LocalRun {

    private final LocalDatabases databases;
    private final ConfigurableApplicationContext context;

    private LocalRun(LocalDatabases databases, ConfigurableApplicationContext context) {
        this.databases = databases;
        this.context = context;
    }

    /** Runs until Ctrl-C, or until the work is done if the environment says so. */
    public static void main(String[] args) throws Exception {
        LocalRun run;
        try {
            run = start(args);
        } catch (RuntimeException toldAlready) {
            // By Spring Boot's failure analysis: what is wrong, and what to do.
            System.exit(1);
            return;
        }
        StopSignals.on(() -> {
            run.stop();
            System.exit(0);
        });
        try {
            run.work();
        } catch (RuntimeException e) {
            run.stop();
            System.err.println("The local run failed: " + e);
            System.exit(1);
        }
    }

    private static LocalRun start(String[] args) {
        var databases = new LocalDatabases(System.out);
        return new LocalRun(
                databases,
                RpaWorkerApplication.application()
                        .profiles("development")
                        .properties(
                                "logging.config=classpath:local/logback.xml", "rpa.flows.survey_processor.enabled=true")
                        .initializers(
                                databases,
                                it -> it.getBeanFactory().registerSingleton("noTestClasses", new NoTestClasses()))
                        .run(args));
    }

    private void work() throws InterruptedException {
        var surveys = new SurveyRun(context);
        StatusCounts before = surveys.counts();
        System.out.println(surveys.enqueue().text());
        Summary summary = surveys.watch(before, Progress.ofThisProcess());
        System.out.println(summary.text());
        surveys.failures().forEach(System.out::println);
        if (LocalSettings.of(context.getEnvironment()).exitWhenDone()) {
            stop();
            System.out.println(summary.exitLine());
            System.exit(0);
        }
        tellWhereToLook(context.getEnvironment());
    }

    private void stop() {
        SpringApplication.exit(context);
        try {
            databases.stop();
        } catch (IOException e) {
            System.err.println("The embedded PostgreSQL did not stop: " + e.getMessage());
        }
    }

    private static void tellWhereToLook(Environment environment) {
        String management = environment.getRequiredProperty("local.management.port");
        System.out.println("""

                health     http://localhost:%s/actuator/health
                metrics    http://localhost:%s/actuator/prometheus
                queue      http://localhost:%s/actuator/queue

                The worker stays up and takes what is added to processing_queue. Ctrl-C stops it.
                """.formatted(management, management, management));
    }
}
