package io.rpaworker;

import io.rpaworker.migration.PreflightReport;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.metrics.TomcatMetricsAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/** The worker: one process of any number of identical replicas. */
// Nothing here has sessions; to count them would start the platform's MBean server, a fiftieth of a start. And who may
// look is said in ops.access alone: neither a user with a password out of the log, nor rules of Boot's own.
@SpringBootApplication(
        exclude = {
            TomcatMetricsAutoConfiguration.class,
            UserDetailsServiceAutoConfiguration.class,
            ManagementWebSecurityAutoConfiguration.class
        })
public class RpaWorkerApplication {

    // What only commands have; Spring's settings, which a worker may be started with, have others.
    private static final Set<String> OF_COMMANDS = Set.of("--help", "--version", "--json", "--yes", "--as", "--reason");

    /**
     * Starts the worker, which runs until SIGTERM; with a command among the arguments, such as {@code status}, only
     * that is done.
     */
    public static void main(String[] args) {
        if (isCommand(args)) {
            System.exit(command(args));
        }
        TerminationSignal.exitWithZero();
        try {
            application().run(args);
        } catch (RuntimeException toldAlready) {
            // A thread that some handler has started would keep the process, which does nothing, alive.
            System.exit(1);
        }
    }

    /**
     * Whether somebody asks for a command, wherever among the options it stands: a worker is started without arguments,
     * or with settings only. Whoever mistypes gets no worker.
     */
    static boolean isCommand(String[] args) {
        return Arrays.stream(args).anyMatch(it -> !it.startsWith("--") || OF_COMMANDS.contains(name(it)));
    }

    private static String name(String option) {
        int end = option.indexOf('=');
        return end < 0 ? option : option.substring(0, end);
    }

    // By its name, since it is a room of ops, where only ops goes in and out.
    private static int command(String[] args) {
        Function<List<String>, PreflightReport> preflight = RpaWorkerApplication::preflight;
        try {
            return (int) Class.forName("io.rpaworker.ops.cli.OperatorCommands")
                    .getMethod("run", String[].class, Function.class)
                    .invoke(null, args, preflight);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The application. */
    public static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(RpaWorkerApplication.class);
    }

    // Every bean is made, as a start does, so that flows and settings are checked. What is wrong with them is thrown,
    // having
    // been told by Spring Boot's failure analysis: what it is, and what to do.
    private static PreflightReport preflight(List<String> arguments) {
        SpringApplicationBuilder application = application()
                .web(WebApplicationType.NONE)
                .properties("logging.level.root=warn")
                .initializers(context -> NothingStarts.in(context));
        try (ConfigurableApplicationContext context = application.run(arguments.toArray(String[]::new))) {
            return context.getBean(PreflightReport.class);
        }
    }
}
