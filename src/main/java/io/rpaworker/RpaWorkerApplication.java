package io.rpaworker;

import io.rpaworker.migration.PreflightReport;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
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

    private static final Set<String> ASK_FOR_HELP = Set.of("--help", "--version");

    /**
     * Starts the worker, which runs until SIGTERM; with a command as the first argument, such as {@code status}, only
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

    /** Whether somebody asks for a command: a worker is started without arguments, or with options only. */
    static boolean isCommand(String[] args) {
        return args.length > 0 && (!args[0].startsWith("--") || ASK_FOR_HELP.contains(args[0]));
    }

    // By its name, since it is a room of ops, where only ops goes in and out.
    private static int command(String[] args) {
        ToIntFunction<List<String>> preflight = RpaWorkerApplication::preflight;
        try {
            return (int) Class.forName("io.rpaworker.ops.cli.OperatorCommands")
                    .getMethod("run", String[].class, ToIntFunction.class)
                    .invoke(null, args, preflight);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The application. */
    public static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(RpaWorkerApplication.class);
    }

    // Every bean is made, as a start does, so that flows and settings are checked.
    private static int preflight(List<String> arguments) {
        SpringApplicationBuilder application = application()
                .web(WebApplicationType.NONE)
                .properties("logging.level.root=warn")
                .initializers(context -> NothingStarts.in(context));
        try (ConfigurableApplicationContext context = application.run(arguments.toArray(String[]::new))) {
            PreflightReport report = context.getBean(PreflightReport.class);
            System.out.println(report.text());
            return report.isRefused() ? 1 : 0;
        } catch (RuntimeException toldAlready) {
            // By Spring Boot's failure analysis: what is wrong, and what to do.
            return 1;
        }
    }
}
