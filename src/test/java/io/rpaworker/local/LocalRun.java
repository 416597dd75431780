package io.rpaworker.local;

import io.rpaworker.RpaWorkerApplication;
import io.rpaworker.queue.counts.StatusCounts;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts the worker with everything it needs, gives it every survey, and says how it went. */
public final class LocalRun {

    private final LocalDatabases databases = new LocalDatabases();
    private final Thread working = Thread.currentThread();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private volatile @Nullable ConfigurableApplicationContext context;

    private LocalRun() {}

    /** Runs until Ctrl-C, or until the work is done if the environment says so. */
    public static void main(String[] args) throws Exception {
        System.out.println(
                "Starting the worker, with an rpa_db and a SurveyHub of its own unless others are named ...");
        var run = new LocalRun();
        StopSignals.on(run::stopOnce);
        try {
            run.run(args);
        } catch (InterruptedException stopped) {
            // By Ctrl-C, which says so itself.
        } catch (RuntimeException e) {
            run.fail(e);
        }
    }

    private void run(String[] args) throws InterruptedException {
        ConfigurableApplicationContext started = start(args);
        context = started;
        if (!stopping.get()) {
            work(started);
        }
    }

    private ConfigurableApplicationContext start(String[] args) {
        return RpaWorkerApplication.application()
                .profiles("development")
                .properties("logging.config=classpath:local/logback.xml", "rpa.flows.survey_processor.enabled=true")
                // Two would stop it at once: Ctrl-C is taken here.
                .registerShutdownHook(false)
                .initializers(
                        databases, it -> it.getBeanFactory().registerSingleton("noTestClasses", new NoTestClasses()))
                .run(args);
    }

    private void work(ConfigurableApplicationContext started) throws InterruptedException {
        var surveys = new SurveyRun(started);
        StatusCounts before = surveys.counts();
        System.out.println(surveys.enqueue().text());
        Summary summary = surveys.watch(before, Progress.ofThisProcess());
        System.out.println(summary.text());
        surveys.failures().forEach(System.out::println);
        if (LocalSettings.of(started.getEnvironment()).exitWhenDone()) {
            if (stopping.compareAndSet(false, true)) {
                stop(started);
                System.out.println(summary.exitLine());
                System.exit(0);
            }
            return;
        }
        System.out.println(LastWords.of(started.getEnvironment()));
    }

    // What fails while it is stopped is no news; a start that fails has been told by Spring Boot's failure analysis.
    private void fail(RuntimeException failure) {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        ConfigurableApplicationContext started = context;
        if (started != null) {
            stop(started);
            System.err.println("The local run failed: " + failure);
        }
        System.exit(1);
    }

    // Ctrl-C comes twice: the terminal sends it to all of Maven's processes, and then Maven ends them.
    private void stopOnce() {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        ConfigurableApplicationContext started = context;
        if (started == null) {
            stopHalfWay();
            return;
        }
        endWatch();
        System.out.println("\nStopping: what the worker has begun it ends first ...");
        stop(started);
        System.out.println("Stopped.");
        System.exit(0);
    }

    // Whatever the start still says is about what has just been taken from it.
    private void stopHalfWay() {
        System.out.println("\nStopped before the worker was up.");
        var nowhere = new PrintStream(OutputStream.nullOutputStream());
        System.setOut(nowhere);
        System.setErr(nowhere);
        stopDatabases();
        System.exit(0);
    }

    // Its queries would fail once the worker is down.
    private void endWatch() {
        working.interrupt();
        try {
            working.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop(ConfigurableApplicationContext started) {
        SpringApplication.exit(started);
        stopDatabases();
    }

    // One that is only being started has a hook of its own.
    private void stopDatabases() {
        try {
            databases.stop();
        } catch (IOException e) {
            System.err.println("The embedded PostgreSQL did not stop: " + e.getMessage());
        }
    }
}
