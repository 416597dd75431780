package io.rpaworker;

import io.rpaworker.migration.PreflightReport;
import java.util.Arrays;
import java.util.List;
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

    private static final String PREFLIGHT = "preflight";

    /**
     * Starts the worker, which runs until SIGTERM. With {@code preflight} as the first argument it only checks flows,
     * settings and rpa_db, prints what it finds and ends: with 0, or with 1 if the worker would not start.
     */
    public static void main(String[] args) {
        List<String> arguments = Arrays.asList(args);
        if (!arguments.isEmpty() && arguments.getFirst().equals(PREFLIGHT)) {
            System.exit(preflight(arguments.subList(1, arguments.size())));
        }
        TerminationSignal.exitWithZero();
        try {
            application().run(args);
        } catch (RuntimeException toldAlready) {
            // A thread that some handler has started would keep the process, which does nothing, alive.
            System.exit(1);
        }
    }

    /** The application. */
    public static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(RpaWorkerApplication.class);
    }

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
